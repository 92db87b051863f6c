# One key for everything the dashboard keeps: tables, queues, logs, the secret, the archive and the alarms' topic.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  # Services that use the key for themselves, not for a caller whose own rights count.
  services = {
    logs       = "logs.${data.aws_region.current.name}.amazonaws.com"
    cloudwatch = "cloudwatch.amazonaws.com"
    events     = "events.amazonaws.com"
    sns        = "sns.amazonaws.com"
  }
}

resource "aws_kms_key" "this" {
  description             = "Deployment and Quality Dashboard: data at rest"
  deletion_window_in_days = var.deletion_window_days
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.alias}"
  target_key_id = aws_kms_key.this.key_id
}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:A key's policy names the key itself with *, and must let the account manage it, or nobody can
  #checkov:skip=CKV_AWS_111:See above: the account's own IAM decides who may
  #checkov:skip=CKV_AWS_356:See above: in a key's policy * is this key
  statement {
    sid       = "AccountDecides"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${local.account}:root"]
    }
  }

  statement {
    sid       = "ServicesOfThisAccount"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = [local.services.cloudwatch, local.services.events, local.services.sns]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }

  statement {
    sid       = "LogsOfThisAccount"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = [local.services.logs]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.name}:${local.account}:log-group:*"]
    }
  }
}
