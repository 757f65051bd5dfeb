# What data sources answer in `terraform test`: no cloud is asked.
mock_data "aws_iam_policy_document" {
  defaults = { json = "{}" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws-cn" }
}

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}
