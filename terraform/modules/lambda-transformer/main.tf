data "aws_partition" "current" {}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.queue_kms_key_arn
}

# What an event bus handed over and the function failed at, after Lambda tried again. A webhook hears of it at once.
resource "aws_sqs_queue" "failed" {
  name                              = "${var.name}-failed"
  message_retention_seconds         = 1209600
  kms_master_key_id                 = var.queue_kms_key_arn
  sqs_managed_sse_enabled           = var.queue_encrypted_with_key ? null : true
  kms_data_key_reuse_period_seconds = 300
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "Send"
    actions   = ["sqs:SendMessage"]
    resources = [var.queue_arn, aws_sqs_queue.failed.arn]
  }

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  statement {
    #checkov:skip=CKV_AWS_356:X-Ray knows no resources.
    #checkov:skip=CKV_AWS_111:X-Ray knows no resources.
    sid       = "Trace"
    actions   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.queue_encrypted_with_key ? ["Key"] : []

    content {
      sid       = statement.value
      actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
      resources = [var.queue_kms_key_arn]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = "${var.name}-role"
  description        = "Sends what it has transformed to the ingest queue"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "this" {
  name   = "send"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_117:It calls SQS alone, and would need endpoints of its own in the VPC for that.
  #checkov:skip=CKV_AWS_272:The package is one file of this repository; its digest is in the plan.
  function_name                  = var.name
  description                    = "Turns a sender's JSON into an event on the ingest queue"
  role                           = aws_iam_role.this.arn
  runtime                        = "python3.13"
  architectures                  = ["arm64"]
  handler                        = "transformer.handler"
  filename                       = var.package
  source_code_hash               = filebase64sha256(var.package)
  memory_size                    = 256
  timeout                        = 10
  reserved_concurrent_executions = var.concurrency
  kms_key_arn                    = var.queue_kms_key_arn

  environment {
    variables = {
      SQS_QUEUE_URL = var.queue_url
      TRANSFORM     = jsonencode({ for key, value in var.mapping : key => value if value != null })
    }
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.failed.arn
  }

  tracing_config {
    mode = "Active"
  }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.this]
}
