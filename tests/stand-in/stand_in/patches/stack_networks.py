"""moto's CloudFormation ignores a security group's egress, a VPC's DNS attributes and whether a subnet
gives public addresses, associates no route table, and leaves
gateways, endpoints and route tables behind when the stack goes.

With SecurityGroupEgress the rule that allows everything is not there:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
What a resource is deleted by is what its own Delete call does (DetachInternetGateway, DeleteRoute, ...):
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/OperationList-query-vpc.html
"""

from __future__ import annotations

from typing import Any


def apply() -> None:
    from moto.ec2.models import ec2_backends
    from moto.ec2.models.internet_gateways import InternetGateway
    from moto.ec2.models.route_tables import Route, RouteTable
    from moto.ec2.models.security_groups import SecurityGroup
    from moto.ec2.models.subnets import Subnet, SubnetRouteTableAssociation
    from moto.ec2.models.vpcs import VPC, VPCEndPoint
    from moto.ec2.models.vpn_gateway import VPCGatewayAttachment

    def backend(account_id: str, region_name: str) -> Any:
        return ec2_backends[account_id][region_name]

    def with_egress(group: Any, wanted: dict) -> None:
        if "SecurityGroupEgress" not in wanted:
            return
        group.egress_rules.clear()
        for rule in wanted["SecurityGroupEgress"]:
            lists = [{"PrefixListId": rule["DestinationPrefixListId"]}] if "DestinationPrefixListId" in rule else []
            group.ec2_backend.authorize_security_group_egress(
                group_name_or_id=group.id,
                ip_protocol=str(rule["IpProtocol"]),
                from_port=rule.get("FromPort"),
                to_port=rule.get("ToPort"),
                ip_ranges=[{k: v for k, v in rule.items() if k in ("CidrIp", "CidrIpv6", "Description")}]
                if not lists
                else [],
                prefix_list_ids=lists,
                vpc_id=group.vpc_id,
            )

    def with_dns(vpc: Any, wanted: dict) -> None:
        for name, attribute in (("EnableDnsSupport", "enable_dns_support"), ("EnableDnsHostnames", "enable_dns_hostnames")):
            if name in wanted:
                setattr(vpc, attribute, str(wanted[name]).lower() == "true")

    def with_addresses(subnet: Any, wanted: dict) -> None:
        if "MapPublicIpOnLaunch" in wanted:
            subnet.map_public_ip_on_launch = str(wanted["MapPublicIpOnLaunch"]).lower() == "true"

    def associated(association: Any, wanted: dict) -> None:
        association.curfew_id = association.curfew_backend.associate_route_table(
            wanted["RouteTableId"], subnet_id=wanted["SubnetId"]
        )

    _after_creation(SecurityGroup, with_egress)
    _after_creation(VPC, with_dns)
    _after_creation(Subnet, with_addresses)
    _after_creation(SubnetRouteTableAssociation, associated)
    SubnetRouteTableAssociation.physical_resource_id = property(lambda self: self.curfew_id)

    def detach(self, account_id: str, region_name: str) -> None:
        backend(account_id, region_name).detach_internet_gateway(self.gateway_id, self.vpc_id)

    def remove_endpoint(self, account_id: str, region_name: str) -> None:
        backend(account_id, region_name).delete_vpc_endpoints([self.id])
        backend(account_id, region_name).vpc_end_points.pop(self.id, None)

    InternetGateway.delete = lambda self, a, r: backend(a, r).delete_internet_gateway(self.id)
    VPCGatewayAttachment.delete = detach
    VPCEndPoint.delete = remove_endpoint
    RouteTable.delete = lambda self, a, r: backend(a, r).delete_route_table(self.id)
    Route.delete = lambda self, a, r: backend(a, r).delete_route(self.route_table.id, self.destination_cidr_block)
    SubnetRouteTableAssociation.delete = lambda self, a, r: backend(a, r).disassociate_route_table(self.curfew_id)


def _after_creation(model: Any, finish: Any) -> None:
    of_moto = model.create_from_cloudformation_json.__func__

    def create(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        from moto.ec2.models import ec2_backends

        made = of_moto(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs)
        made.curfew_backend = ec2_backends[account_id][region_name]
        finish(made, cloudformation_json["Properties"])
        return made

    model.create_from_cloudformation_json = classmethod(create)
