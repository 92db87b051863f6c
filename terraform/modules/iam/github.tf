# The release workflow's role: a token of GitHub's instead of a stored key.

resource "aws_iam_role" "github_deploy" {
  count = var.github_deploy == null ? 0 : 1

  name                 = "${var.role_prefix}-github-deploy"
  description          = "Deployment and Quality Dashboard: release workflow"
  assume_role_policy   = data.aws_iam_policy_document.github_trust[0].json
  permissions_boundary = var.permissions_boundary_arn
}

data "aws_iam_policy_document" "github_trust" {
  count = var.github_deploy == null ? 0 : 1

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [var.github_deploy.oidc_provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = var.github_deploy.subjects
    }
  }
}

resource "aws_iam_role_policy" "github_deploy" {
  count = var.github_deploy == null ? 0 : 1

  name   = "${var.role_prefix}-github-deploy"
  role   = aws_iam_role.github_deploy[0].id
  policy = data.aws_iam_policy_document.github_deploy[0].json
}

data "aws_iam_policy_document" "github_deploy" {
  #checkov:skip=CKV_AWS_356:GetAuthorizationToken has no resource of its own: it can only be allowed for all
  count = var.github_deploy == null ? 0 : 1

  statement {
    sid       = "SignInToTheRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid = "PushTheImage"
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeImages",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = [var.github_deploy.ecr_repository_arn]
  }

  dynamic "statement" {
    for_each = var.github_deploy.eks_cluster_arn == null ? [] : [var.github_deploy.eks_cluster_arn]

    content {
      sid       = "FindTheCluster"
      actions   = ["eks:DescribeCluster"]
      resources = [statement.value]
    }
  }
}
