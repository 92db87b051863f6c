# What stands between people, senders and the cluster.

module "vpc_link" {
  source = "./modules/vpc-link"
  count  = var.enable_api ? 1 : 0

  name                        = var.name
  stage_name                  = var.api.stage_name
  create_nlb                  = local.create_nlb
  nlb_arn                     = var.api.nlb_arn
  nlb_dns_name                = var.api.nlb_dns_name
  vpc_id                      = local.create_nlb ? var.network.vpc_id : null
  vpc_cidrs                   = local.create_nlb ? var.network.cidrs : []
  subnet_ids                  = local.create_nlb ? var.network.subnet_ids : []
  deletion_protection         = var.deletion_protection
  api_key_required            = var.api.api_key_required
  api_keys                    = var.api.api_keys
  senders_without_api_key     = var.api.senders_without_api_key
  webhook_throttle            = var.api.webhook_throttle
  stage_throttle              = var.api.stage_throttle
  access_log_group_arn        = module.monitoring.log_group_arns["api"]
  create_account_logging_role = var.api.create_account_logging_role
  domain_name                 = var.api.domain_name
  certificate_arn             = var.api.certificate_arn
  zone                        = var.zone
  disable_default_endpoint    = var.api.disable_default_endpoint
  waf_enabled                 = var.enable_waf
  web_acl_arn                 = one(module.waf_api[*].arn)
  transformer = var.enable_transformer ? {
    function_name = module.transformer[0].function_name
    invoke_arn    = module.transformer[0].invoke_arn
  } : null
}

module "waf_api" {
  source = "./modules/waf"
  count  = var.enable_waf && var.enable_api ? 1 : 0

  name                      = "${var.name}-api"
  scope                     = "REGIONAL"
  behind_cdn                = var.enable_cdn
  require_origin_secret     = local.require_origin_secret
  origin_secret             = var.origin_secret
  requests_per_five_minutes = var.requests_per_five_minutes
  log_retention_days        = var.log_retention_days
  kms_key_arn               = local.kms_key_arn
}

module "waf_cdn" {
  source = "./modules/waf"
  count  = var.enable_waf && var.enable_cdn ? 1 : 0

  providers = {
    aws = aws.us_east_1
  }

  name                      = "${var.name}-cdn"
  scope                     = "CLOUDFRONT"
  requests_per_five_minutes = var.requests_per_five_minutes
  log_retention_days        = var.log_retention_days
}

module "cdn" {
  source = "./modules/cdn"
  count  = var.enable_cdn ? 1 : 0

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  name               = var.name
  domain_name        = var.cdn.domain_name
  zone               = var.zone
  create_certificate = var.cdn.create_certificate
  certificate_arn    = var.cdn.certificate_arn
  # without the API terraform_data.needs says what is missing, in words
  api_origin = {
    domain_name = try(module.vpc_link[0].origin_domain_name, "needs-enable-api.invalid")
    path        = try(module.vpc_link[0].origin_path, "")
  }
  origin_secret            = var.origin_secret
  pages_from_load_balancer = var.cdn.pages_from_load_balancer
  load_balancer = var.cdn.pages_from_load_balancer ? {
    arn      = try(module.vpc_link[0].nlb_arn, null)
    dns_name = try(module.vpc_link[0].nlb_dns_name, null)
  } : null
  price_class        = var.cdn.price_class
  allowed_countries  = var.cdn.allowed_countries
  web_acl_arn        = one(module.waf_cdn[*].arn)
  bucket_prefix      = var.cdn.bucket_prefix
  log_retention_days = var.log_retention_days
  force_destroy      = var.force_destroy
}

module "cognito" {
  source = "./modules/cognito"
  count  = var.enable_cognito ? 1 : 0

  name                = var.name
  domain_prefix       = var.cognito.domain_prefix
  callback_urls       = ["${local.public_url}${var.cognito.callback_path}"]
  logout_urls         = ["${local.public_url}/"]
  saml                = var.cognito.saml
  deletion_protection = var.deletion_protection
}

module "elasticache" {
  source = "./modules/elasticache"
  count  = var.enable_elasticache ? 1 : 0

  name         = var.name
  vpc_id       = var.network.vpc_id
  subnet_ids   = var.network.subnet_ids
  client_cidrs = var.network.cidrs
  node_type    = var.elasticache.node_type
  nodes        = var.elasticache.nodes
  auth_token   = var.elasticache_auth_token
  kms_key_arn  = local.kms_key_arn
}

module "eventbridge" {
  source = "./modules/eventbridge"
  count  = var.enable_eventbridge ? 1 : 0

  name           = var.name
  archive_days   = var.eventbridge.archive_days
  audit_log_days = var.eventbridge.audit_log_days
  rules          = var.eventbridge.rules
  kms_key_arn    = local.kms_key_arn
}

module "transformer" {
  source = "./modules/lambda-transformer"
  count  = var.enable_transformer ? 1 : 0

  name                     = "${var.name}-transformer"
  package                  = var.transformer.package != null ? var.transformer.package : "${path.module}/functions/transformer.zip"
  mapping                  = var.transformer.mapping
  queue_url                = module.sqs.queue_url
  queue_arn                = module.sqs.queue_arn
  queue_kms_key_arn        = local.kms_key_arn
  queue_encrypted_with_key = var.enable_kms
  log_retention_days       = var.log_retention_days
}
