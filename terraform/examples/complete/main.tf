# Everything switched on. `python terraform/functions/package.py` first: the transformer needs its zip.

module "dashboard" {
  source = "../.."

  region = var.region
  cluster = {
    name              = var.cluster_name
    oidc_issuer       = var.oidc_issuer
    oidc_provider_arn = aws_iam_openid_connect_provider.cluster.arn
  }
  network = {
    vpc_id          = aws_vpc.this.id
    subnet_ids      = aws_subnet.private[*].id
    route_table_ids = [aws_route_table.private.id]
    cidrs           = [aws_vpc.this.cidr_block]
  }

  deletion_protection      = var.deletion_protection
  force_destroy            = var.force_destroy
  point_in_time_recovery   = var.point_in_time_recovery
  initial_settings         = var.initial_settings
  initial_settings_version = var.initial_settings_version
  settings                 = { RETENTION_DAYS = "90", LOG_LEVEL = "INFO" }

  runbook_url         = "https://github.com/example/deploy-dashboard/blob/main/docs/runbook.md"
  slack               = var.slack
  alarm_subscriptions = { on-call = { protocol = "email", endpoint = "on-call@${var.domain}" } }
  container_insights  = true

  archive_bucket_name = "${var.bucket_prefix}-archive"
  enable_endpoints    = true

  zone          = { id = aws_route53_zone.this.zone_id }
  enable_waf    = true
  origin_secret = var.origin_secret
  api = {
    domain_name     = "api.dashboard.${var.domain}"
    certificate_arn = aws_acm_certificate_validation.api.certificate_arn
    api_keys        = ["jenkins", "argocd"]
  }
  enable_cdn = true
  cdn = {
    domain_name              = "dashboard.${var.domain}"
    create_certificate       = true
    pages_from_load_balancer = var.pages_from_load_balancer
    bucket_prefix            = var.bucket_prefix
  }

  enable_cognito         = true
  cognito                = { domain_prefix = "${var.bucket_prefix}-sign-in" }
  enable_elasticache     = true
  elasticache_auth_token = var.elasticache_auth_token

  enable_eventbridge = true
  eventbridge        = { audit_log_days = 400 }

  enable_transformer = true
  transformer = {
    mapping = {
      source    = "release-tool"
      eventType = "deployment"
      fields = {
        clusterId    = "target.region"
        serviceId    = "app.name"
        buildVersion = "app.version"
        gitSha       = "app.commit"
        status       = "result"
        startedAt    = "times.begin"
        endedAt      = "times.end"
        actor        = "by"
      }
      values    = { status = { running = "IN_PROGRESS", ok = "SUCCESS", ko = "FAILED" } }
      constants = { trigger = "manual" }
      eventId   = "id"
    }
  }
}
