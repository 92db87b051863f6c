data "aws_partition" "current" {}

resource "aws_security_group" "nlb" {
  #checkov:skip=CKV2_AWS_5:It is attached to the load balancer below, which a count hides from the check.
  count = var.create_nlb ? 1 : 0

  name_prefix = "${var.name}-nlb-"
  description = "The internal load balancer of the dashboard"
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "nlb" {
  for_each = var.create_nlb ? toset(var.vpc_cidrs) : toset([])

  security_group_id = aws_security_group.nlb[0].id
  description       = "The dashboard from ${each.value}"
  cidr_ipv4         = each.value
  from_port         = var.listener_port
  to_port           = var.listener_port
  ip_protocol       = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "nlb" {
  for_each = var.create_nlb ? toset(var.vpc_cidrs) : toset([])

  security_group_id = aws_security_group.nlb[0].id
  description       = "To the web pods in ${each.value}"
  cidr_ipv4         = each.value
  from_port         = var.target_port
  to_port           = var.target_port
  ip_protocol       = "tcp"
}

resource "aws_lb" "this" {
  #checkov:skip=CKV2_AWS_20:It is a network load balancer, which speaks TCP and redirects nobody.
  #checkov:skip=CKV_AWS_91:A network load balancer logs TLS listeners only; this one speaks TCP inside the VPC, and API Gateway logs each request.
  count = var.create_nlb ? 1 : 0

  name                             = var.name
  internal                         = true
  load_balancer_type               = "network"
  subnets                          = var.subnet_ids
  security_groups                  = [aws_security_group.nlb[0].id]
  enable_cross_zone_load_balancing = true
  enable_deletion_protection       = var.deletion_protection

  # A VPC link arrives by PrivateLink, with addresses no rule could name.
  enforce_security_group_inbound_rules_on_private_link_traffic = "off"

  lifecycle {
    precondition {
      condition     = var.vpc_id != null && length(var.subnet_ids) > 0 && length(var.vpc_cidrs) > 0
      error_message = "A load balancer needs vpc_id, subnet_ids and vpc_cidrs."
    }
  }
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:The protocol is TCP; HTTP is that of the health check inside the VPC.
  count = var.create_nlb ? 1 : 0

  name                 = var.name
  vpc_id               = var.vpc_id
  target_type          = "ip"
  protocol             = "TCP"
  port                 = var.target_port
  deregistration_delay = 30

  health_check {
    protocol            = "HTTP"
    path                = "/readyz"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
    matcher             = "200"
  }
}

resource "aws_lb_listener" "this" {
  #checkov:skip=CKV_AWS_2:API Gateway reaches it inside the VPC by PrivateLink; TLS for people ends at CloudFront and at API Gateway.
  #checkov:skip=CKV_AWS_103:There is no TLS to set a policy for.
  count = var.create_nlb ? 1 : 0

  load_balancer_arn = aws_lb.this[0].arn
  port              = var.listener_port
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[0].arn
  }
}
