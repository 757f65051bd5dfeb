mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name                = "czj"
  cidr                = "10.20.0.0/16"
  zones               = ["a", "b", "c", "d"]
  object_service_name = "s3"
}

run "each_zone_has_three_networks_of_its_own" {
  command = plan

  assert {
    condition = length(distinct(concat(
      values(aws_subnet.public)[*].cidr_block, values(aws_subnet.private)[*].cidr_block, values(aws_subnet.data)[*].cidr_block
    ))) == 12
    error_message = "Networks overlap."
  }
}

run "data_has_no_way_out_and_is_reached_at_its_own_ports_alone" {
  command = plan

  assert {
    condition     = { for name, rule in aws_vpc_security_group_ingress_rule.data : name => rule.from_port } == { database = 5432, cache = 6379, files = 2049 }
    error_message = "Another port is open."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.data : rule.from_port == rule.to_port && rule.cidr_ipv4 == null])
    error_message = "Data is reached by others than the machines."
  }
}

run "one_zone_is_refused" {
  command         = plan
  expect_failures = [var.zones]

  variables {
    zones = ["a"]
  }
}

run "a_small_network_is_refused" {
  command         = plan
  expect_failures = [var.cidr]

  variables {
    cidr = "10.20.0.0/24"
  }
}
