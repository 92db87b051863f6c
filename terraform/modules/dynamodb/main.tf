# The seven tables of data/tables.py; tests/terraform/test_tables.py holds that both say the same.

locals {
  # What lists show: a list is read from its index alone.
  shown = [
    "attemptId", "serviceId", "clusterId", "status", "startedAt", "buildVersion", "gitSha", "endedAt", "trigger",
    "failureReason", "rollbackToBuild", "cancelled", "gates", "actor", "runUrl", "expiresAt",
  ]
  tables = {
    attempts = {
      name = "deployment-attempts"
      indexes = {
        byService = { partition_key = "serviceId", sort_key = "startedAt", shown = true }
        byStatus  = { partition_key = "status", sort_key = "startedAt", shown = true }
        byCluster = { partition_key = "clusterId", sort_key = "startedAt", shown = true }
      }
    }
    test_runs = { name = "test-runs", indexes = {} }
    promotions = {
      name = "promotions"
      indexes = {
        byCluster = { partition_key = "toClusterId", sort_key = "promotedAt", shown = false }
      }
    }
    read_model = { name = "dashboard-read-model", indexes = {} }
    catalog    = { name = "dashboard-catalog", indexes = {} }
    events     = { name = "dashboard-events", indexes = {} }
    scorecards = { name = "scorecard-snapshots", indexes = {} }
  }
}

resource "aws_dynamodb_table" "this" {
  #checkov:skip=CKV_AWS_119:Encrypted by the key the caller passes, which the root makes unless it is told not to; the rule cannot follow it through the module.
  for_each = local.tables

  name                        = "${var.name_prefix}${each.value.name}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.deletion_protection

  dynamic "attribute" {
    for_each = toset(concat(["pk", "sk"], flatten([
      for index in values(each.value.indexes) : [index.partition_key, index.sort_key]
    ])))

    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = each.value.indexes

    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.partition_key
      range_key       = global_secondary_index.value.sort_key
      projection_type = global_secondary_index.value.shown ? "INCLUDE" : "ALL"
      non_key_attributes = global_secondary_index.value.shown ? setsubtract(local.shown, [
        global_secondary_index.value.partition_key, global_secondary_index.value.sort_key,
      ]) : null
    }
  }

  ttl {
    attribute_name = "expiresAt"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }

  server_side_encryption {
    enabled     = var.kms_key_arn != null
    kms_key_arn = var.kms_key_arn
  }
}
