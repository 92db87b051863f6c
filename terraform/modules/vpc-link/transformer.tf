# POST /api/ingest/transform: what no sender of ours sends goes to a function, which puts it on the queue. The gateway's
# API key is its only credential, and so it always needs one.

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

resource "aws_api_gateway_resource" "transformer" {
  count = var.transformer == null ? 0 : 1

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.ingest.id
  path_part   = "transform"
}

resource "aws_api_gateway_method" "transformer" {
  #checkov:skip=CKV2_AWS_53:The function validates the body, field by field.
  count = var.transformer == null ? 0 : 1

  rest_api_id      = aws_api_gateway_rest_api.this.id
  resource_id      = aws_api_gateway_resource.transformer[0].id
  http_method      = "POST"
  authorization    = "NONE"
  api_key_required = true
}

resource "aws_api_gateway_integration" "transformer" {
  count = var.transformer == null ? 0 : 1

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_resource.transformer[0].id
  http_method             = aws_api_gateway_method.transformer[0].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = var.transformer.invoke_arn
}

resource "aws_lambda_permission" "transformer" {
  count = var.transformer == null ? 0 : 1

  statement_id  = "AllowApiGateway"
  action        = "lambda:InvokeFunction"
  function_name = var.transformer.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn = format(
    "arn:%s:execute-api:%s:%s:%s/*/POST/api/ingest/transform",
    data.aws_partition.current.partition, data.aws_region.current.name,
    data.aws_caller_identity.current.account_id, aws_api_gateway_rest_api.this.id,
  )
}
