locals {
  source = "deploy-dashboard" # as the worker says it
}

resource "aws_cloudwatch_event_bus" "this" {
  name               = var.name
  description        = "What the dashboard has stored: deployments, test results, promotions"
  kms_key_identifier = var.kms_key_arn
}

resource "aws_cloudwatch_event_archive" "this" {
  name             = var.name
  description      = "For playing events again"
  event_source_arn = aws_cloudwatch_event_bus.this.arn
  event_pattern    = jsonencode({ source = [local.source] })
  retention_days   = var.archive_days
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = var.rules

  name           = each.key
  description    = "Events of the dashboard for ${each.key}"
  event_bus_name = aws_cloudwatch_event_bus.this.name
  event_pattern = jsonencode(merge(
    { source = [local.source] },
    length(each.value.detail_types) == 0 ? {} : { "detail-type" = each.value.detail_types },
    length(each.value.detail) == 0 ? {} : { detail = each.value.detail },
  ))
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = var.rules

  rule           = aws_cloudwatch_event_rule.this[each.key].name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  target_id      = each.key
  arn            = each.value.target_arn
  role_arn       = each.value.role_arn

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }

  dynamic "dead_letter_config" {
    for_each = each.value.dead_letter_arn == null ? [] : [each.value.dead_letter_arn]

    content {
      arn = dead_letter_config.value
    }
  }
}

resource "aws_cloudwatch_log_group" "audit" {
  count = var.audit_log_days > 0 ? 1 : 0

  name              = "/aws/events/${var.name}"
  retention_in_days = var.audit_log_days
  kms_key_id        = var.kms_key_arn
}

data "aws_iam_policy_document" "audit" {
  count = var.audit_log_days > 0 ? 1 : 0

  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.audit[0].arn}:*"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com", "delivery.logs.amazonaws.com"]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "audit" {
  count = var.audit_log_days > 0 ? 1 : 0

  policy_name     = "${var.name}-events"
  policy_document = data.aws_iam_policy_document.audit[0].json
}

resource "aws_cloudwatch_event_rule" "audit" {
  count = var.audit_log_days > 0 ? 1 : 0

  name           = "audit"
  description    = "Every event of the dashboard, for audit"
  event_bus_name = aws_cloudwatch_event_bus.this.name
  event_pattern  = jsonencode({ source = [local.source] })
}

resource "aws_cloudwatch_event_target" "audit" {
  count = var.audit_log_days > 0 ? 1 : 0

  rule           = aws_cloudwatch_event_rule.audit[0].name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  target_id      = "log"
  arn            = aws_cloudwatch_log_group.audit[0].arn
}
