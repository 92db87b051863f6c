locals {
  tags        = merge(var.tags, { Project = var.name, ManagedBy = "terraform" })
  kms_key_arn = var.enable_kms ? module.kms[0].key_arn : null
  create_nlb  = var.api.nlb_arn == null
  # Who comes past CloudFront is refused where both are there to tell.
  require_origin_secret = var.enable_cdn && var.enable_waf && nonsensitive(var.origin_secret != null)
  public_url            = var.public_url != null ? var.public_url : one(module.cdn[*].public_url)
}

# What each switch needs beside it, said before anything is made.
resource "terraform_data" "needs" {
  input = {
    archive     = var.enable_archive
    endpoints   = var.enable_endpoints
    api         = var.enable_api
    cdn         = var.enable_cdn
    cognito     = var.enable_cognito
    elasticache = var.enable_elasticache
    transformer = var.enable_transformer
  }

  lifecycle {
    precondition {
      condition     = !var.enable_archive || var.archive_bucket_name != null
      error_message = "enable_archive needs archive_bucket_name."
    }

    precondition {
      condition     = var.network != null || !(var.enable_endpoints || var.enable_elasticache || (var.enable_api && local.create_nlb))
      error_message = "enable_endpoints, enable_elasticache and enable_api with a new load balancer need network."
    }

    precondition {
      condition     = var.enable_api || !(var.enable_cdn || var.enable_transformer)
      error_message = "enable_cdn and enable_transformer need enable_api."
    }

    precondition {
      condition     = !var.enable_cdn || var.cdn.bucket_prefix != null
      error_message = "enable_cdn needs cdn.bucket_prefix."
    }

    precondition {
      condition     = !var.enable_cognito || (var.cognito.domain_prefix != null && (var.public_url != null || var.enable_cdn))
      error_message = "enable_cognito needs cognito.domain_prefix, and public_url or enable_cdn."
    }

    precondition {
      condition     = !var.enable_elasticache || nonsensitive(var.elasticache_auth_token != null)
      error_message = "enable_elasticache needs elasticache_auth_token."
    }

    precondition {
      condition     = !var.enable_transformer || var.transformer != null
      error_message = "enable_transformer needs transformer."
    }
  }
}

module "kms" {
  source = "./modules/kms"
  count  = var.enable_kms ? 1 : 0

  alias                = var.name
  deletion_window_days = var.force_destroy ? 7 : 30
}

module "dynamodb" {
  source = "./modules/dynamodb"

  name_prefix            = var.table_name_prefix
  point_in_time_recovery = var.point_in_time_recovery
  deletion_protection    = var.deletion_protection
  kms_key_arn            = local.kms_key_arn
}

module "sqs" {
  source = "./modules/sqs"

  queue_name  = var.queue_names.ingest
  dlq_name    = var.queue_names.dlq
  kms_key_arn = local.kms_key_arn
}

module "ecr" {
  source = "./modules/ecr"

  force_delete = var.force_destroy
  kms_key_arn  = local.kms_key_arn
}

module "archive" {
  source = "./modules/archive-s3"
  count  = var.enable_archive ? 1 : 0

  bucket_name   = var.archive_bucket_name
  force_destroy = var.force_destroy
  kms_key_arn   = local.kms_key_arn
}

module "secrets" {
  source = "./modules/secrets"

  secret_name = var.secret_name
  initial_settings = var.initial_settings == null ? null : merge(
    var.initial_settings,
    var.enable_elasticache ? { REDIS_URL = module.elasticache[0].redis_url } : {},
  )
  initial_settings_version = var.initial_settings_version
  recovery_window_days     = var.force_destroy ? 0 : 30
  kms_key_arn              = local.kms_key_arn
}

module "iam" {
  source = "./modules/iam"

  role_prefix        = var.role_prefix
  namespace          = var.namespace
  oidc_issuer        = var.cluster.oidc_issuer
  oidc_provider_arn  = var.cluster.oidc_provider_arn
  table_arns         = module.dynamodb.table_arns
  queue_arn          = module.sqs.queue_arn
  dlq_arn            = module.sqs.dlq_arn
  archive_bucket_arn = one(module.archive[*].bucket_arn)
  event_bus_arn      = one(module.eventbridge[*].bus_arn)
  secret_arn         = module.secrets.secret_arn
  kms_key_arn        = local.kms_key_arn
  github_deploy = var.github_deploy == null ? null : {
    oidc_provider_arn  = var.github_deploy.oidc_provider_arn
    subjects           = var.github_deploy.subjects
    eks_cluster_arn    = var.github_deploy.eks_cluster_arn
    ecr_repository_arn = module.ecr.repository_arn
  }
}

module "monitoring" {
  source = "./modules/monitoring"

  name               = var.name
  log_retention_days = var.log_retention_days
  queue_name         = module.sqs.queue_name
  dlq_name           = module.sqs.dlq_name
  table_names        = module.dynamodb.table_names
  index_names        = module.dynamodb.index_names
  api                = var.enable_api ? { name = var.name, stage = var.api.stage_name } : null
  container_insights = var.container_insights ? { cluster_name = var.cluster.name, namespace = var.namespace } : null
  runbook_url        = var.runbook_url
  slack              = var.slack
  subscriptions      = var.alarm_subscriptions
  kms_key_arn        = local.kms_key_arn
}

module "endpoints" {
  source = "./modules/endpoints"
  count  = var.enable_endpoints ? 1 : 0

  name               = var.name
  vpc_id             = var.network.vpc_id
  route_table_ids    = var.network.route_table_ids
  subnet_ids         = var.network.subnet_ids
  client_cidr_blocks = var.network.cidrs
}
