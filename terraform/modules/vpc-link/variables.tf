variable "name" {
  description = "What the API, the VPC link and the load balancer are called."
  type        = string
  default     = "deploy-dashboard"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,27}[a-z0-9]$", var.name))
    error_message = "The name must be 2 to 29 lower-case letters, digits and hyphens: load balancers allow 32."
  }
}

variable "stage_name" {
  description = "The API's stage; it is the first part of the path on the API's own host name."
  type        = string
  default     = "live"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage_name))
    error_message = "The stage must be letters, digits, hyphens and underscores."
  }
}

variable "vpc_id" {
  description = "The VPC of the cluster; needed where the load balancer is made here."
  type        = string
  default     = null
}

variable "vpc_cidrs" {
  description = "From where the load balancer may be reached inside the VPC (people on a VPN, health checks)."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.vpc_cidrs : can(cidrnetmask(cidr))])
    error_message = "Each must be an IPv4 range such as 10.0.0.0/16."
  }
}

variable "subnet_ids" {
  description = "Private subnets of the load balancer, one in each zone."
  type        = list(string)
  default     = []
}

variable "create_nlb" {
  description = "Whether an internal load balancer with a target group is made here; else nlb_arn and nlb_dns_name name the one the chart's Service made."
  type        = bool
  default     = true
}

variable "nlb_arn" {
  description = "ARN of an existing internal network load balancer."
  type        = string
  default     = null
}

variable "nlb_dns_name" {
  description = "DNS name of the existing load balancer."
  type        = string
  default     = null
}

variable "listener_port" {
  description = "The port the load balancer listens on."
  type        = number
  default     = 80

  validation {
    condition     = var.listener_port >= 1 && var.listener_port <= 65535
    error_message = "The port must be 1 to 65535."
  }
}

variable "target_port" {
  description = "The port of the web pods."
  type        = number
  default     = 8080

  validation {
    condition     = var.target_port >= 1 && var.target_port <= 65535
    error_message = "The port must be 1 to 65535."
  }
}

variable "deletion_protection" {
  description = "Whether the load balancer refuses to be deleted."
  type        = bool
  default     = true
}

variable "api_key_required" {
  description = "Whether the webhook needs an API key of the gateway (header x-api-key) beside the dashboard's own credential."
  type        = bool
  default     = true
}

variable "senders_without_api_key" {
  description = "Senders that sign what they send but cannot set a header of ours: their addresses /api/ingest/webhook/<sender> need no API key."
  type        = set(string)
  default     = ["github"]

  validation {
    condition     = alltrue([for sender in var.senders_without_api_key : can(regex("^[a-z][a-z0-9-]*$", sender))])
    error_message = "A sender is lower-case letters, digits and hyphens."
  }
}

variable "api_keys" {
  description = "Names of the API keys to make, one for each system that sends; their values are in API Gateway alone."
  type        = set(string)
  default     = ["pipelines"]
}

variable "webhook_throttle" {
  description = "What all senders with one API key may send: a steady rate and a burst a second, and a quota a day."
  type = object({
    rate_per_second = optional(number, 200)
    burst           = optional(number, 400)
    per_day         = optional(number, 2000000)
  })
  default = {}
}

variable "stage_throttle" {
  description = "What everybody together may ask of the stage: a steady rate and a burst a second."
  type = object({
    rate_per_second = optional(number, 1000)
    burst           = optional(number, 2000)
  })
  default = {}
}

variable "serve_pages" {
  description = "Whether the stage answers for the pages too, or only for /api."
  type        = bool
  default     = true
}

variable "access_log_group_arn" {
  description = "The log group of the access log, /apigateway/deploy-dashboard."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:logs:", var.access_log_group_arn))
    error_message = "It must be the ARN of a log group."
  }
}

variable "create_account_logging_role" {
  description = "Whether to make the role with which API Gateway writes logs. There is one in an account and region: false where it is set already."
  type        = bool
  default     = true
}

variable "domain_name" {
  description = "A name of one's own for the API, such as api.dashboard.example.com; null: none."
  type        = string
  default     = null
}

variable "certificate_arn" {
  description = "The certificate of domain_name, in the region of the API."
  type        = string
  default     = null
}

variable "zone" {
  description = "The Route 53 zone of domain_name; null: the record is made elsewhere."
  type = object({
    id = string
  })
  default = null
}

variable "disable_default_endpoint" {
  description = "Whether the API's own host name (execute-api) is closed, so that only domain_name answers. CloudFront then needs domain_name."
  type        = bool
  default     = false
}

variable "waf_enabled" {
  description = "Whether web_acl_arn guards the stage."
  type        = bool
  default     = false
}

variable "web_acl_arn" {
  description = "A regional web ACL."
  type        = string
  default     = null
}

variable "transformer" {
  description = "The function behind POST /api/ingest/transform for senders no other address understands; null: none."
  type = object({
    function_name = string
    invoke_arn    = string
  })
  default = null
}
