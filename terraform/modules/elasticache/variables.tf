variable "name" {
  description = "What the cache is called."
  type        = string
  default     = "deploy-dashboard"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}[a-z0-9]$", var.name))
    error_message = "The name must be 2 to 40 lower-case letters, digits and hyphens."
  }
}

variable "vpc_id" {
  description = "The VPC of the cluster."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets, in two zones at least."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "Two zones need two subnets."
  }
}

variable "client_cidrs" {
  description = "From where the pods come."
  type        = list(string)

  validation {
    condition     = length(var.client_cidrs) > 0 && alltrue([for cidr in var.client_cidrs : can(cidrnetmask(cidr))])
    error_message = "At least one IPv4 range is needed, such as 10.0.0.0/16."
  }
}

variable "node_type" {
  description = "Size of a node. It holds answers of some kilobytes for minutes: the smallest is enough."
  type        = string
  default     = "cache.t4g.micro"
}

variable "nodes" {
  description = "How many: one writes, the others stand by in other zones."
  type        = number
  default     = 2

  validation {
    condition     = var.nodes >= 2 && var.nodes <= 6
    error_message = "Two to six nodes."
  }
}

variable "auth_token" {
  description = "The password of the cache. It is also in Terraform's state."
  type        = string
  sensitive   = true

  validation {
    condition     = length(var.auth_token) >= 16 && length(var.auth_token) <= 128 && can(regex("^[A-Za-z0-9!&#$^<>-]+$", var.auth_token))
    error_message = "The token must be 16 to 128 letters, digits and ! & # $ ^ < > -."
  }
}

variable "kms_key_arn" {
  description = "The key its snapshots and disks are encrypted with; null: AWS's own."
  type        = string
  default     = null
}

variable "maintenance_window" {
  description = "When AWS may change it, UTC."
  type        = string
  default     = "sun:03:00-sun:04:00"
}
