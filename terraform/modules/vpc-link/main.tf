locals {
  nlb_arn      = var.create_nlb ? aws_lb.this[0].arn : var.nlb_arn
  nlb_dns_name = var.create_nlb ? aws_lb.this[0].dns_name : var.nlb_dns_name
  backend      = "http://${local.nlb_dns_name}:${var.listener_port}"

  resource_ids = merge(
    {
      api     = aws_api_gateway_resource.api.id
      any_api = aws_api_gateway_resource.any_api.id
      ingest  = aws_api_gateway_resource.any_ingest.id
      webhook = aws_api_gateway_resource.webhook.id
      sender  = aws_api_gateway_resource.sender.id
    },
    var.serve_pages ? { index = aws_api_gateway_rest_api.this.root_resource_id, pages = aws_api_gateway_resource.pages[0].id } : {},
    { for sender, resource in aws_api_gateway_resource.signing_sender : "sender_${sender}" => resource.id },
  )
  # Everything that goes through the VPC link to the dashboard. `rest` is the path variable that is handed on.
  routes = merge(
    {
      api     = { method = "ANY", path = "/api", rest = null, api_key = false }
      any_api = { method = "ANY", path = "/api/{proxy}", rest = "proxy", api_key = false }
      ingest  = { method = "ANY", path = "/api/ingest/{proxy}", rest = "proxy", api_key = false }
      webhook = { method = "POST", path = "/api/ingest/webhook", rest = null, api_key = var.api_key_required }
      sender  = { method = "POST", path = "/api/ingest/webhook/{source}", rest = "source", api_key = var.api_key_required }
    },
    var.serve_pages ? {
      index = { method = "ANY", path = "/", rest = null, api_key = false }
      pages = { method = "ANY", path = "/{proxy}", rest = "proxy", api_key = false }
    } : {},
    {
      for sender in var.senders_without_api_key :
      "sender_${sender}" => { method = "POST", path = "/api/ingest/webhook/${sender}", rest = null, api_key = false }
    },
  )
}

resource "aws_api_gateway_rest_api" "this" {
  name        = var.name
  description = "The dashboard: pages, API and webhooks"

  # A webhook's signature is over its bytes, and files are compressed by the dashboard: nothing is to be re-encoded.
  binary_media_types           = ["*/*"]
  api_key_source               = "HEADER"
  disable_execute_api_endpoint = var.disable_default_endpoint

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_vpc_link" "this" {
  name        = var.name
  description = "From API Gateway to the internal load balancer"
  target_arns = [local.nlb_arn]

  lifecycle {
    precondition {
      condition     = var.create_nlb || (var.nlb_arn != null && var.nlb_dns_name != null)
      error_message = "Without create_nlb, nlb_arn and nlb_dns_name must name the load balancer."
    }
  }
}

resource "aws_api_gateway_resource" "api" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "api"
}

resource "aws_api_gateway_resource" "any_api" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.api.id
  path_part   = "{proxy+}"
}

resource "aws_api_gateway_resource" "ingest" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.api.id
  path_part   = "ingest"
}

resource "aws_api_gateway_resource" "any_ingest" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.ingest.id
  path_part   = "{proxy+}"
}

resource "aws_api_gateway_resource" "webhook" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.ingest.id
  path_part   = "webhook"
}

resource "aws_api_gateway_resource" "sender" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.webhook.id
  path_part   = "{source}"
}

resource "aws_api_gateway_resource" "signing_sender" {
  for_each = var.senders_without_api_key

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.webhook.id
  path_part   = each.value
}

resource "aws_api_gateway_resource" "pages" {
  count = var.serve_pages ? 1 : 0

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "{proxy+}"
}

resource "aws_api_gateway_method" "this" {
  #checkov:skip=CKV_AWS_59:The dashboard itself proves who asks: sign-in for people, keys and signatures for senders, before it reads a body.
  #checkov:skip=CKV2_AWS_53:The dashboard validates every parameter and body, strictly and by field; the gateway only hands on.
  for_each = local.routes

  rest_api_id        = aws_api_gateway_rest_api.this.id
  resource_id        = local.resource_ids[each.key]
  http_method        = each.value.method
  authorization      = "NONE"
  api_key_required   = each.value.api_key
  request_parameters = each.value.rest == null ? {} : { "method.request.path.${each.value.rest}" = true }
}

resource "aws_api_gateway_integration" "this" {
  for_each = local.routes

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = local.resource_ids[each.key]
  http_method             = aws_api_gateway_method.this[each.key].http_method
  type                    = "HTTP_PROXY"
  integration_http_method = each.value.method
  uri                     = "${local.backend}${each.value.path}"
  connection_type         = "VPC_LINK"
  connection_id           = aws_api_gateway_vpc_link.this.id
  passthrough_behavior    = "WHEN_NO_MATCH"
  timeout_milliseconds    = 29000

  # One id from the access log through the dashboard's own log to the queue.
  request_parameters = merge(
    { "integration.request.header.X-Request-Id" = "context.requestId" },
    each.value.rest == null ? {} : { "integration.request.path.${each.value.rest}" = "method.request.path.${each.value.rest}" },
  )
}
