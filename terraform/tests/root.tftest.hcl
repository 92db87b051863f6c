# The switches of the root, without any cloud.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333", arn = "arn:aws:iam::111122223333:user/test" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }
  mock_data "aws_region" {
    defaults = { name = "us-west-2" }
  }
  mock_resource "aws_cognito_user_pool" {
    defaults = { id = "us-west-2_Ab1Cd2Ef3", arn = "arn:aws:cognito-idp:us-west-2:123456789012:userpool/us-west-2_Ab1Cd2Ef3" }
  }
  mock_resource "aws_dynamodb_table" {
    defaults = { arn = "arn:aws:dynamodb:us-west-2:111122223333:table/t" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:us-west-2:111122223333:q", url = "https://sqs.us-west-2.amazonaws.com/111122223333/q" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:us-west-2:111122223333:key/11111111-2222-3333-4444-555555555555" }
  }
  mock_resource "aws_secretsmanager_secret" {
    defaults = { arn = "arn:aws:secretsmanager:us-west-2:111122223333:secret:dashboard/settings-abcdef" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::b" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/r" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::111122223333:policy/p" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-west-2:111122223333:t" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-west-2:111122223333:log-group:g" }
  }
  mock_resource "aws_ecr_repository" {
    defaults = { arn = "arn:aws:ecr:us-west-2:111122223333:repository/deploy-dashboard-backend" }
  }
  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-west-2:111122223333:loadbalancer/net/n/1", dns_name = "n.elb.us-west-2.amazonaws.com" }
  }
  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-west-2:111122223333:targetgroup/n/1" }
  }
  mock_resource "aws_api_gateway_stage" {
    defaults = { arn = "arn:aws:apigateway:us-west-2::/restapis/a/stages/live", invoke_url = "https://a.execute-api.us-west-2.amazonaws.com/live" }
  }
  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:us-west-2:111122223333:regional/webacl/w/1" }
  }
  mock_resource "aws_cloudwatch_event_bus" {
    defaults = { arn = "arn:aws:events:us-west-2:111122223333:event-bus/deploy-dashboard" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:us-west-2:111122223333:function:f" }
  }
}

mock_provider "aws" {
  alias = "us_east_1"

  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/w/1" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:111122223333:log-group:g" }
  }
}

variables {
  region = "us-west-2"
  cluster = {
    name              = "tools"
    oidc_issuer       = "https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E"
  }
  network = {
    vpc_id     = "vpc-0123456789abcdef0"
    subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    cidrs      = ["10.60.0.0/16"]
  }
  runbook_url         = "https://example.com/runbook.md"
  archive_bucket_name = "example-archive"
  initial_settings    = { WEBHOOK_SECRET = "0123456789abcdef0123456789" } # set: a test cannot apply an ephemeral variable that is not
}

run "minimal" {
  variables {
    network        = null
    enable_kms     = false
    enable_archive = false
    enable_api     = false
  }

  assert {
    condition     = length(module.vpc_link) + length(module.cdn) + length(module.kms) + length(module.archive) + length(module.elasticache) + length(module.cognito) == 0
    error_message = "What is switched off is not made."
  }
  assert {
    condition     = !contains(keys(output.chart_values.settings), "ARCHIVE_BUCKET") && !contains(keys(output.chart_values.settings), "EVENT_BUS_NAME") && !contains(keys(output.chart_values.settings), "PUBLIC_URL")
    error_message = "The chart gets no setting of what there is not."
  }
  assert {
    condition     = !output.chart_values.targetGroupBinding.enabled && output.chart_values.targetGroupBinding.targetGroupArn == ""
    error_message = "Without a load balancer nothing is bound."
  }
}

run "everything" {
  variables {
    enable_waf             = true
    enable_cdn             = true
    enable_cognito         = true
    enable_elasticache     = true
    enable_eventbridge     = true
    enable_transformer     = true
    elasticache_auth_token = "0123456789abcdef0123"
    origin_secret          = "0123456789abcdef0123456789"
    cdn                    = { bucket_prefix = "example-dashboard", pages_from_load_balancer = true }
    cognito                = { domain_prefix = "example-dashboard" }
    eventbridge            = { audit_log_days = 30 }
    transformer = {
      package = "./functions/transformer.py"
      mapping = { source = "tool", eventType = "deployment", fields = { status = "s" } }
    }
  }

  assert {
    condition     = output.chart_values.targetGroupBinding.enabled
    error_message = "The chart binds its pods to the target group made here."
  }
  assert {
    condition     = sort(keys(output.chart_values.serviceAccounts)) == tolist(["operator", "snapshot", "watcher", "web", "worker"])
    error_message = "Each part has a role of its own."
  }
  assert {
    condition     = output.chart_values.settings.EVENT_BUS_NAME == "deploy-dashboard" && startswith(output.chart_values.settings.PUBLIC_URL, "https://")
    error_message = "The chart learns of bus and address."
  }
}

run "what_a_switch_needs_is_said" {
  command = plan

  variables {
    enable_cdn = true
    enable_api = false
    cdn        = { bucket_prefix = "example-dashboard" }
  }

  expect_failures = [terraform_data.needs]
}

run "secrets_are_no_settings" {
  command = plan

  variables {
    settings = { WEBHOOK_SECRET = "x" }
  }

  expect_failures = [var.settings]
}
