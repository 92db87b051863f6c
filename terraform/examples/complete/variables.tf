variable "region" {
  description = "AWS region."
  type        = string
  default     = "us-west-2"
}

variable "zones" {
  description = "Two availability zones of the region."
  type        = list(string)
  default     = ["us-west-2a", "us-west-2b"]
}

variable "domain" {
  description = "The domain the zone is made for; people open dashboard.<domain>, senders use api.dashboard.<domain>."
  type        = string
  default     = "example.com"
}

variable "cluster_name" {
  description = "The EKS cluster."
  type        = string
  default     = "tools"
}

variable "oidc_issuer" {
  description = "Issuer of the cluster's service account tokens: `aws eks describe-cluster --query cluster.identity.oidc.issuer`."
  type        = string
  default     = "https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E"
}

variable "oidc_thumbprint" {
  description = "Thumbprint of the issuer's certificate authority."
  type        = string
  default     = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280"
}

variable "bucket_prefix" {
  description = "What the names of the buckets begin with."
  type        = string
  default     = "example-dashboard"
}

variable "deletion_protection" {
  description = "Whether tables, load balancer and user pool refuse to be deleted."
  type        = bool
  default     = true
}

variable "force_destroy" {
  description = "Whether everything goes with all it holds when destroyed."
  type        = bool
  default     = false
}

variable "point_in_time_recovery" {
  description = "Whether every table can be restored to any second of the last 35 days."
  type        = bool
  default     = true
}

variable "pages_from_load_balancer" {
  description = "Whether CloudFront asks the load balancer for pages, by a VPC origin."
  type        = bool
  default     = true
}

variable "elasticache_auth_token" {
  description = "The cache's password."
  type        = string
  sensitive   = true
}

variable "origin_secret" {
  description = "What CloudFront shows API Gateway."
  type        = string
  sensitive   = true
}

variable "initial_settings" {
  description = "First content of the secret: WEBHOOK_SECRET, CURSOR_SECRET, ADMIN_KEY."
  type        = map(string)
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "initial_settings_version" {
  description = "A number above 0 writes initial_settings; a higher one writes them again."
  type        = number
  default     = 0
}

variable "slack" {
  description = "Slack workspace and channel that alarms are told to; null: no Slack."
  type = object({
    team_id    = string
    channel_id = string
  })
  default = null
}
