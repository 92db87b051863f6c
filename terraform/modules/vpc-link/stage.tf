locals {
  # What is asked for, never how: no query, no header, no body.
  access_log = {
    requestId         = "$context.requestId"
    time              = "$context.requestTimeEpoch"
    method            = "$context.httpMethod"
    route             = "$context.resourcePath"
    path              = "$context.path"
    status            = "$context.status"
    bytes             = "$context.responseLength"
    ms                = "$context.responseLatency"
    backendMs         = "$context.integration.latency"
    backendStatus     = "$context.integration.status"
    ip                = "$context.identity.sourceIp"
    userAgent         = "$context.identity.userAgent"
    apiKeyId          = "$context.identity.apiKeyId"
    wafStatus         = "$context.waf.status"
    errorType         = "$context.error.responseType"
    integrationError  = "$context.integration.error"
    extendedRequestId = "$context.extendedRequestId"
  }
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    routes = sha1(jsonencode([
      local.routes,
      aws_api_gateway_rest_api.this.binary_media_types,
      [for integration in aws_api_gateway_integration.this : integration.uri],
      aws_api_gateway_vpc_link.this.id,
      var.transformer,
    ]))
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_api_gateway_integration.this, aws_api_gateway_integration.transformer]
}

resource "aws_api_gateway_stage" "this" {
  #checkov:skip=CKV_AWS_120:What the dashboard answers depends on who asks and is minutes old at most; it caches by itself.
  #checkov:skip=CKV2_AWS_51:Between gateway and load balancer there is PrivateLink, and no TLS that could show a client certificate.
  #checkov:skip=CKV2_AWS_77:The associated ACL has the rules against Log4j; the rule cannot see into its dynamic block.
  #checkov:skip=CKV2_AWS_29:The web ACL is associated below, where waf_enabled says so.
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = var.stage_name
  xray_tracing_enabled = true

  access_log_settings {
    destination_arn = var.access_log_group_arn
    format          = jsonencode(local.access_log)
  }

  depends_on = [aws_api_gateway_account.this]
}

resource "aws_api_gateway_method_settings" "all" {
  #checkov:skip=CKV_AWS_225:See the stage: answers are not the gateway's to cache.
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    logging_level          = "ERROR"
    data_trace_enabled     = false
    throttling_rate_limit  = var.stage_throttle.rate_per_second
    throttling_burst_limit = var.stage_throttle.burst
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = var.waf_enabled ? 1 : 0

  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = var.web_acl_arn
}

resource "aws_api_gateway_usage_plan" "webhook" {
  name        = "${var.name}-webhook"
  description = "Who sends events, and how many"

  api_stages {
    api_id = aws_api_gateway_rest_api.this.id
    stage  = aws_api_gateway_stage.this.stage_name
  }

  throttle_settings {
    rate_limit  = var.webhook_throttle.rate_per_second
    burst_limit = var.webhook_throttle.burst
  }

  quota_settings {
    limit  = var.webhook_throttle.per_day
    period = "DAY"
  }
}

resource "aws_api_gateway_api_key" "this" {
  for_each = var.api_keys

  name        = "${var.name}-${each.value}"
  description = "Lets ${each.value} send events"
}

resource "aws_api_gateway_usage_plan_key" "this" {
  for_each = var.api_keys

  usage_plan_id = aws_api_gateway_usage_plan.webhook.id
  key_id        = aws_api_gateway_api_key.this[each.value].id
  key_type      = "API_KEY"
}

data "aws_iam_policy_document" "gateway" {
  count = var.create_account_logging_role ? 1 : 0

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "gateway_logs" {
  count = var.create_account_logging_role ? 1 : 0

  name_prefix        = "${var.name}-gateway-"
  description        = "API Gateway writes its logs"
  assume_role_policy = data.aws_iam_policy_document.gateway[0].json
}

resource "aws_iam_role_policy_attachment" "gateway_logs" {
  count = var.create_account_logging_role ? 1 : 0

  role       = aws_iam_role.gateway_logs[0].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "this" {
  count = var.create_account_logging_role ? 1 : 0

  cloudwatch_role_arn = aws_iam_role.gateway_logs[0].arn

  depends_on = [aws_iam_role_policy_attachment.gateway_logs]
}

resource "aws_api_gateway_domain_name" "this" {
  count = var.domain_name == null ? 0 : 1

  domain_name              = var.domain_name
  regional_certificate_arn = var.certificate_arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_base_path_mapping" "this" {
  count = var.domain_name == null ? 0 : 1

  api_id      = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  domain_name = aws_api_gateway_domain_name.this[0].domain_name
}

resource "aws_route53_record" "this" {
  count = var.domain_name == null || var.zone == null ? 0 : 1

  zone_id = var.zone.id
  name    = var.domain_name
  type    = "A"

  alias {
    name                   = aws_api_gateway_domain_name.this[0].regional_domain_name
    zone_id                = aws_api_gateway_domain_name.this[0].regional_zone_id
    evaluate_target_health = false
  }
}
