mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name                = "czj"
  cidr                = "10.20.0.0/16"
  zones               = ["a", "b"]
  object_service_name = "s3"
  provinces           = ["gx"]
  bucket              = "czj-objects"
  operator_networks   = []
  alarm_emails        = ["operations@example.com"]
}

run "a_size_that_is_given_leaves_the_others" {
  command = plan

  variables {
    sizes = { database_gb = 800 }
  }

  assert {
    condition     = local.sizes.database_gb == 800 && local.sizes.database_limit_gb == local.usual.database_limit_gb
    error_message = "One size changed another."
  }
}

run "a_size_of_an_unknown_name_is_refused" {
  command         = plan
  expect_failures = [var.sizes]

  variables {
    sizes = { databse_gb = 800 }
  }
}

run "a_name_that_the_cloud_would_not_take_is_refused" {
  command         = plan
  expect_failures = [var.name]

  variables {
    name = "查真假"
  }
}
