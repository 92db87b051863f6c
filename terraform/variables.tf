variable "region" {
  description = "AWS region of everything but CloudFront's certificate and web ACL."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "It must be a region such as us-west-2."
  }
}

variable "name" {
  description = "What things are called that the architecture gives no name of their own."
  type        = string
  default     = "deploy-dashboard"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,27}[a-z0-9]$", var.name))
    error_message = "The name must be 2 to 29 lower-case letters, digits and hyphens."
  }
}

variable "tags" {
  description = "Tags of every resource, beside Project and ManagedBy."
  type        = map(string)
  default     = {}
}

variable "cluster" {
  description = "The EKS cluster: its name, the issuer of its service account tokens, and its OIDC provider in IAM."
  type = object({
    name              = string
    oidc_issuer       = string
    oidc_provider_arn = string
  })
}

variable "network" {
  description = "The cluster's VPC: private subnets (one a zone), their route tables, and the ranges pods and people on the VPN come from."
  type = object({
    vpc_id          = string
    subnet_ids      = list(string)
    route_table_ids = optional(list(string), [])
    cidrs           = list(string)
  })
  default = null
}

variable "namespace" {
  description = "Kubernetes namespace the chart is installed in."
  type        = string
  default     = "deploy-dashboard"
}

variable "table_name_prefix" {
  description = "What every table's name begins with, for several installations in one account."
  type        = string
  default     = ""
}

variable "role_prefix" {
  description = "What every role's name begins with."
  type        = string
  default     = "dashboard"
}

variable "queue_names" {
  description = "Names of the ingest queue and its dead-letter queue."
  type = object({
    ingest = optional(string, "dashboard-ingest")
    dlq    = optional(string, "dashboard-ingest-dlq")
  })
  default = {}
}

variable "settings" {
  description = "More settings of the dashboard that are no secrets, such as RETENTION_DAYS: they go into the chart's values."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name, _ in var.settings : can(regex("^[A-Z][A-Z0-9_]*$", name)) && !can(regex("(SECRET|_KEY|TOKEN|PASSWORD)", name))])
    error_message = "Names of settings are upper-case; secrets belong into initial_settings."
  }
}

variable "secret_name" {
  description = "Name of the secret whose JSON holds the secret settings."
  type        = string
  default     = "dashboard/settings"
}

variable "initial_settings" {
  description = "First content of the secret (WEBHOOK_SECRET, CURSOR_SECRET, ADMIN_KEY ...). Written once for each initial_settings_version, and never kept in the state. REDIS_URL is added where there is a cache."
  type        = map(string)
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "initial_settings_version" {
  description = "0: Terraform writes no content of the secret. Any higher number: it writes initial_settings, again whenever the number changes."
  type        = number
  default     = 0
}

variable "deletion_protection" {
  description = "Whether tables, load balancer and user pool refuse to be deleted. Switch it off, apply, then destroy."
  type        = bool
  default     = true
}

variable "force_destroy" {
  description = "Whether buckets, images and secret go at once and with all they hold when destroyed. For trying it, never for production."
  type        = bool
  default     = false
}

variable "point_in_time_recovery" {
  description = "Whether every table can be restored to any second of the last 35 days."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 400
}

variable "runbook_url" {
  description = "Where docs/runbook.md can be read: each alarm links to its section."
  type        = string
}

variable "slack" {
  description = "Slack workspace and channel that alarms are told to; null: no Slack."
  type = object({
    team_id    = string
    channel_id = string
  })
  default = null
}

variable "alarm_subscriptions" {
  description = "Who else is told of alarms: protocol and endpoint, by a name of your own."
  type = map(object({
    protocol = string
    endpoint = string
  }))
  default = {}
}

variable "container_insights" {
  description = "Whether CloudWatch Container Insights runs in the cluster: then there is an alarm on restarts of pods."
  type        = bool
  default     = false
}

variable "github_deploy" {
  description = "A role for the release workflow of GitHub Actions: IAM's OIDC provider of GitHub, and the token's subjects that may take it; null: none."
  type = object({
    oidc_provider_arn = string
    subjects          = list(string)
    eks_cluster_arn   = optional(string)
  })
  default = null
}

variable "enable_kms" {
  description = "Whether tables, queues, archive, secret, images and logs are encrypted with a key of this account (about 1 dollar a month and its requests); else with AWS's own."
  type        = bool
  default     = true
}

variable "enable_archive" {
  description = "Whether every delivery is also kept in S3, from where everything can be rebuilt, with a table for Athena."
  type        = bool
  default     = true
}

variable "archive_bucket_name" {
  description = "Name of the archive's bucket; unique in all of AWS. Needed with enable_archive."
  type        = string
  default     = null
}

variable "enable_endpoints" {
  description = "Whether to make VPC endpoints for DynamoDB, S3, SQS, Secrets Manager, ECR, logs, STS and EventBridge: false where the VPC has them."
  type        = bool
  default     = false
}

variable "enable_api" {
  description = "Whether to make API Gateway, VPC link and internal load balancer."
  type        = bool
  default     = true
}

variable "api" {
  description = "The API Gateway: whether the webhook needs an API key, who gets one, what they may send, a domain of its own with its certificate, and an existing load balancer in place of a new one."
  type = object({
    api_key_required            = optional(bool, true)
    api_keys                    = optional(set(string), ["pipelines"])
    senders_without_api_key     = optional(set(string), ["github"])
    create_account_logging_role = optional(bool, true)
    stage_name                  = optional(string, "live")
    domain_name                 = optional(string)
    certificate_arn             = optional(string)
    disable_default_endpoint    = optional(bool, false)
    nlb_arn                     = optional(string)
    nlb_dns_name                = optional(string)
    webhook_throttle = optional(object({
      rate_per_second = optional(number, 200)
      burst           = optional(number, 400)
      per_day         = optional(number, 2000000)
    }), {})
    stage_throttle = optional(object({
      rate_per_second = optional(number, 1000)
      burst           = optional(number, 2000)
    }), {})
  })
  default = {}
}

variable "enable_waf" {
  description = "Whether web ACLs stand in front of CloudFront and API Gateway."
  type        = bool
  default     = false
}

variable "requests_per_five_minutes" {
  description = "What one address may ask in five minutes before the web ACL refuses it."
  type        = number
  default     = 20000
}

variable "enable_cdn" {
  description = "Whether CloudFront stands in front of everything. Needs enable_api."
  type        = bool
  default     = false
}

variable "cdn" {
  description = "CloudFront: its domain, the zone of it, whether to make the certificate, and where pages come from."
  type = object({
    domain_name              = optional(string)
    create_certificate       = optional(bool, false)
    certificate_arn          = optional(string)
    pages_from_load_balancer = optional(bool, false)
    price_class              = optional(string, "PriceClass_100")
    allowed_countries        = optional(list(string), [])
    bucket_prefix            = optional(string)
  })
  default = {}
}

variable "zone" {
  description = "The Route 53 zone of the domains; null: records are made elsewhere."
  type = object({
    id = string
  })
  default = null
}

variable "origin_secret" {
  description = "What CloudFront shows API Gateway. With enable_waf and enable_cdn nobody gets past CloudFront then, not even by the API's own domain."
  type        = string
  default     = null
  sensitive   = true
}

variable "public_url" {
  description = "Where people open the dashboard, where that is not CloudFront."
  type        = string
  default     = null
}

variable "enable_cognito" {
  description = "Whether to make a user pool for sign-in."
  type        = bool
  default     = false
}

variable "cognito" {
  description = "The user pool: first part of its sign-in host, where sign-in leads back to below public URL, and an identity provider by SAML."
  type = object({
    domain_prefix = optional(string)
    callback_path = optional(string, "/auth/callback")
    saml = optional(object({
      name            = string
      metadata_url    = string
      email_attribute = optional(string, "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress")
    }))
  })
  default = {}
}

variable "enable_elasticache" {
  description = "Whether to make a Redis for answers that are asked for often."
  type        = bool
  default     = false
}

variable "elasticache" {
  description = "The cache: size and number of its nodes."
  type = object({
    node_type = optional(string, "cache.t4g.micro")
    nodes     = optional(number, 2)
  })
  default = {}
}

variable "elasticache_auth_token" {
  description = "The cache's password; needed with enable_elasticache. It is kept in the state."
  type        = string
  default     = null
  sensitive   = true
}

variable "enable_eventbridge" {
  description = "Whether stored events are published on an event bus."
  type        = bool
  default     = false
}

variable "eventbridge" {
  description = "The bus: days of its archive, days of an audit log of every event (0: none), and who hears of what."
  type = object({
    archive_days   = optional(number, 30)
    audit_log_days = optional(number, 0)
    rules = optional(map(object({
      detail_types    = optional(list(string), [])
      detail          = optional(map(list(string)), {})
      target_arn      = string
      role_arn        = optional(string)
      dead_letter_arn = optional(string)
    })), {})
  })
  default = {}
}

variable "enable_transformer" {
  description = "Whether to make the function for senders no other address understands, behind POST /api/ingest/transform. Needs enable_api."
  type        = bool
  default     = false
}

variable "transformer" {
  description = "The function: how the sender's JSON becomes an event (see the module), and the path of its zip (null: functions/transformer.zip)."
  type = object({
    package = optional(string)
    mapping = object({
      source    = string
      eventType = string
      fields    = map(string)
      constants = optional(map(string), {})
      values    = optional(map(map(string)), {})
      eventId   = optional(string)
    })
  })
  default = null
}
