# One role for each part of the dashboard, for its own service account alone. What a role may do is text in policies/,
# which tests/terraform/test_roles.py runs the real code against: nothing is missing, nothing is too much.

locals {
  service_accounts = {
    web      = "${var.role_prefix}-backend-sa"
    worker   = "${var.role_prefix}-worker-sa"
    snapshot = "${var.role_prefix}-snapshot-sa"
    operator = "${var.role_prefix}-operator-sa"
    watcher  = "${var.role_prefix}-watcher-sa"
  }
  issuer = trimprefix(var.oidc_issuer, "https://")

  policies = jsondecode(file("${path.module}/policies/roles.json"))
  places = merge(var.table_arns, {
    queue   = var.queue_arn
    dlq     = var.dlq_arn
    archive = coalesce(var.archive_bucket_arn, "-")
    bus     = coalesce(var.event_bus_arn, "-")
    secret  = coalesce(var.secret_arn, "-")
  })
  left_out = concat(
    var.archive_bucket_arn == null ? ["worker-archive", "snapshot-archive", "restore-archive"] : [],
    var.event_bus_arn == null ? ["worker-bus"] : [],
    var.secret_arn == null ? ["secret"] : [],
  )
  key = var.kms_key_arn == null ? [] : [{
    Sid      = "KeyOfWhatTheyMayUse"
    Effect   = "Allow"
    Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource = [var.kms_key_arn]
    Condition = {
      StringLike = { "kms:ViaService" = ["dynamodb.*.amazonaws.com", "s3.*.amazonaws.com", "secretsmanager.*.amazonaws.com", "sqs.*.amazonaws.com"] }
    }
  }]
  documents = {
    for role, parts in local.policies : role => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        flatten([for part in parts : jsondecode(templatefile("${path.module}/policies/${part}.json.tftpl", local.places)) if !contains(local.left_out, part)]),
        local.key,
      )
    })
  }
}

resource "aws_iam_role" "part" {
  for_each = local.service_accounts

  name                 = replace(each.value, "/-sa$/", "-role")
  description          = "Deployment and Quality Dashboard: ${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  permissions_boundary = var.permissions_boundary_arn
}

data "aws_iam_policy_document" "trust" {
  for_each = local.service_accounts

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [var.oidc_provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = ["system:serviceaccount:${var.namespace}:${each.value}"]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "part" {
  for_each = local.service_accounts

  name   = "${var.role_prefix}-${each.key}"
  role   = aws_iam_role.part[each.key].id
  policy = local.documents[each.key]
}

# What rebuilding the tables from the archive needs beside the worker's rights; attached to no role. Whoever restores
# attaches it to the worker's role and takes it away again (docs/operations.md).
resource "aws_iam_policy" "restore" {
  name        = "${var.role_prefix}-restore"
  description = "Deployment and Quality Dashboard: rebuilding the tables, beside the worker's rights"
  policy      = local.documents["restore"]
}
