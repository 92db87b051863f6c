variable "name" {
  description = "What the endpoints and their security group are called."
  type        = string
  default     = "deploy-dashboard"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,100}$", var.name))
    error_message = "name may have letters, digits, _ and -."
  }
}

variable "vpc_id" {
  description = "The cluster's VPC."
  type        = string

  validation {
    condition     = can(regex("^vpc-[0-9a-z]+$", var.vpc_id))
    error_message = "vpc_id must be the id of a VPC."
  }
}

variable "route_table_ids" {
  description = "Route tables of the private subnets: where the ways to DynamoDB and S3 are added."
  type        = list(string)

  validation {
    condition     = alltrue([for id in var.route_table_ids : can(regex("^rtb-[0-9a-z]+$", id))])
    error_message = "route_table_ids must be ids of route tables."
  }
}

variable "subnet_ids" {
  description = "Private subnets, one a zone, that interface endpoints get an address in."
  type        = list(string)

  validation {
    condition     = alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-z]+$", id))])
    error_message = "subnet_ids must be ids of subnets."
  }
}

variable "client_cidr_blocks" {
  description = "Addresses that may use the interface endpoints: those of the pods."
  type        = list(string)

  validation {
    condition     = length(var.client_cidr_blocks) > 0 && alltrue([for cidr in var.client_cidr_blocks : can(cidrhost(cidr, 0)) && cidr != "0.0.0.0/0"])
    error_message = "client_cidr_blocks must be IPv4 ranges, and not all addresses."
  }
}

variable "gateway_services" {
  description = "Services with a gateway endpoint, at no cost. Leave out what the VPC has already."
  type        = set(string)
  default     = ["dynamodb", "s3"]

  validation {
    condition     = alltrue([for service in var.gateway_services : contains(["dynamodb", "s3"], service)])
    error_message = "Only dynamodb and s3 have gateway endpoints."
  }
}

variable "interface_services" {
  description = "Services with an interface endpoint; each is paid by the hour and zone. Leave out what the VPC has already."
  type        = set(string)
  default     = ["sqs", "secretsmanager", "ecr.api", "ecr.dkr", "logs", "sts", "events"]

  validation {
    condition     = alltrue([for service in var.interface_services : can(regex("^[a-z0-9.-]+$", service))])
    error_message = "interface_services are names such as sqs or ecr.api."
  }
}
