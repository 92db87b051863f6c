output "chart_values" {
  description = "Values of the chart helm/deploy-dashboard: `terraform output -json chart_values > values-aws.json`, then `helm upgrade --install -f values-aws.json`."
  value = {
    image = { repository = module.ecr.repository_url }
    aws   = { region = var.region }
    settings = merge(
      module.dynamodb.settings,
      module.sqs.settings,
      var.enable_archive ? module.archive[0].settings : {},
      var.enable_eventbridge ? { EVENT_BUS_NAME = module.eventbridge[0].bus_name } : {},
      module.monitoring.settings,
      local.public_url == null ? {} : { PUBLIC_URL = local.public_url },
      var.settings,
    )
    serviceAccounts = { for part, arn in module.iam.role_arns : part => { roleArn = arn } }
    secrets         = { secretsManagerId = module.secrets.secret_name }
    targetGroupBinding = {
      enabled        = var.enable_api && local.create_nlb
      targetGroupArn = try(coalesce(module.vpc_link[0].target_group_arn), "")
    }
  }
}

output "image_repository" {
  description = "Where the image is pushed to."
  value       = module.ecr.repository_url
}

output "public_url" {
  description = "Where people open the dashboard; null where nothing here leads to it."
  value       = local.public_url
}

output "api_url" {
  description = "Where API Gateway answers; null without it."
  value       = one(module.vpc_link[*].invoke_url)
}

output "api_key_ids" {
  description = "Ids of the gateway's API keys by name."
  value       = try(module.vpc_link[0].api_key_ids, {})
}

output "distribution_id" {
  description = "Id of the CloudFront distribution; null without it."
  value       = one(module.cdn[*].distribution_id)
}

output "queue_url" {
  description = "URL of the ingest queue, for senders that put events on it themselves."
  value       = module.sqs.queue_url
}

output "secret_arn" {
  description = "ARN of the secret with the secret settings."
  value       = module.secrets.secret_arn
}

output "alarm_topic_arn" {
  description = "Topic that alarms are sent to."
  value       = module.monitoring.topic_arn
}

output "restore_policy_arn" {
  description = "Policy that whoever rebuilds the tables attaches to the worker's role for that time."
  value       = module.iam.restore_policy_arn
}

output "github_deploy_role_arn" {
  description = "ARN of the role for GitHub Actions; null where it was not asked for."
  value       = module.iam.github_deploy_role_arn
}

output "redis_url" {
  description = "The setting REDIS_URL, for the secret; null without a cache."
  value       = one(module.elasticache[*].redis_url)
  sensitive   = true
}

output "cognito" {
  description = "Issuer, client id and sign-in host of the user pool; null without it."
  value = var.enable_cognito ? {
    issuer       = module.cognito[0].issuer
    client_id    = module.cognito[0].client_id
    sign_in_host = module.cognito[0].sign_in_host
    user_pool_id = module.cognito[0].user_pool_id
  } : null
}
