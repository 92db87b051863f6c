variable "name" {
  description = "What the web ACL is called."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,100}$", var.name))
    error_message = "The name must be 1 to 100 letters, digits, hyphens and underscores."
  }
}

variable "scope" {
  description = "CLOUDFRONT (then the provider must be that of us-east-1) or REGIONAL."
  type        = string

  validation {
    condition     = contains(["CLOUDFRONT", "REGIONAL"], var.scope)
    error_message = "The scope must be CLOUDFRONT or REGIONAL."
  }
}

variable "requests_per_five_minutes" {
  description = "What one address may ask in five minutes before it is refused. An open page asks some 60 times; an office may share one address."
  type        = number
  default     = 20000

  validation {
    condition     = var.requests_per_five_minutes >= 100 && var.requests_per_five_minutes <= 2000000000
    error_message = "The limit must be 100 to 2,000,000,000 requests."
  }
}

variable "behind_cdn" {
  description = "Whether requests come through CloudFront, so that the client is the address in X-Forwarded-For."
  type        = bool
  default     = false
}

variable "require_origin_secret" {
  description = "Whether requests without the header X-Origin-Verify are refused: then nobody gets past CloudFront."
  type        = bool
  default     = false
}

variable "origin_secret" {
  description = "The value CloudFront sends as X-Origin-Verify; needed where require_origin_secret is true."
  type        = string
  default     = null
  sensitive   = true

  validation {
    condition     = var.origin_secret == null ? true : length(var.origin_secret) >= 24 && length(var.origin_secret) <= 200
    error_message = "The secret must have 24 to 200 characters."
  }
}

variable "log_retention_days" {
  description = "How long the log of refused requests is kept."
  type        = number
  default     = 400
}

variable "kms_key_arn" {
  description = "The key the log is encrypted with, in the region of the web ACL; null: a key of CloudWatch's own."
  type        = string
  default     = null
}
