variable "name" {
  description = "What the distribution and all beside it are called."
  type        = string
  default     = "deploy-dashboard"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,40}[a-z0-9]$", var.name))
    error_message = "The name must be 2 to 42 lower-case letters, digits and hyphens."
  }
}

variable "domain_name" {
  description = "Where people open the dashboard, such as dashboard.example.com; null: CloudFront's own name."
  type        = string
  default     = null
}

variable "zone" {
  description = "The Route 53 zone of domain_name: for the records, and to validate a certificate that is made here; null: records are made elsewhere."
  type = object({
    id = string
  })
  default = null
}

variable "create_certificate" {
  description = "Whether to make the certificate of domain_name here, validated in zone; else certificate_arn names it."
  type        = bool
  default     = false
}

variable "certificate_arn" {
  description = "An existing certificate of domain_name in us-east-1."
  type        = string
  default     = null
}

variable "api_origin" {
  description = "The API Gateway behind it: host name and the path before each path."
  type = object({
    domain_name = string
    path        = string
  })
}

variable "origin_secret" {
  description = "What CloudFront shows the API as X-Origin-Verify; null: nothing."
  type        = string
  default     = null
  sensitive   = true

  validation {
    condition     = var.origin_secret == null ? true : length(var.origin_secret) >= 24 && length(var.origin_secret) <= 200
    error_message = "The secret must have 24 to 200 characters."
  }
}

variable "pages_from_load_balancer" {
  description = "Whether pages come straight from the internal load balancer, by a VPC origin, and only /api by API Gateway."
  type        = bool
  default     = false
}

variable "load_balancer" {
  description = "The internal load balancer of pages_from_load_balancer."
  type = object({
    arn      = string
    dns_name = string
    port     = optional(number, 80)
  })
  default = null
}

variable "price_class" {
  description = "Where CloudFront answers from."
  type        = string
  default     = "PriceClass_100"

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "The price class must be PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}

variable "allowed_countries" {
  description = "Two-letter codes of the countries people come from; empty: all."
  type        = list(string)
  default     = []
}

variable "web_acl_arn" {
  description = "The web ACL (scope CLOUDFRONT) in front of it; null: none."
  type        = string
  default     = null
}

variable "bucket_prefix" {
  description = "What the names of its two buckets begin with: bucket names are the world's, so say whose."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{2,39}$", var.bucket_prefix))
    error_message = "The prefix must be 3 to 40 lower-case letters, digits and hyphens."
  }
}

variable "log_retention_days" {
  description = "How long access logs are kept."
  type        = number
  default     = 400

  validation {
    condition     = var.log_retention_days >= 1
    error_message = "Logs are kept a day at least."
  }
}

variable "force_destroy" {
  description = "Whether its buckets are deleted with what they hold."
  type        = bool
  default     = false
}
