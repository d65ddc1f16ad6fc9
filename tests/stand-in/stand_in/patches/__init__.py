"""The places where moto is kinder than AWS, mended: one module each, its docstring naming the rule's source.

To add one (for S3, SSM, IAM, ...): write a module with `apply()` and put it in `ALL`.
"""

from __future__ import annotations

from . import (
    alarm_actions,
    attributes,
    auto_scaling,
    bucket_regions,
    caller,
    checksums,
    client_token,
    cpu_options,
    filters,
    group_launches,
    images,
    instance_shape,
    instance_states,
    instance_types,
    interface_tags,
    key_pairs,
    networks,
    not_found_after_create,
    object_names,
    pagination,
    pass_role,
    placement,
    policy_simulation,
    policy_texts,
    protection,
    public_parameters,
    quick_answers,
    quick_lookups,
    regions,
    run_instances,
    secure_strings,
    service_quotas,
    sessions,
    spot_options,
    spot_prices,
    spot_requests,
    stack_buckets,
    stack_functions,
    stack_key_pairs,
    stack_networks,
    stack_progress,
    transition_times,
    type_listings,
    user_data,
    vcpu_limits,
    virtual_time,
    volumes,
)

# In this order: a patch wraps what it finds, so the later is the outer.
ALL = (
    # what the others stand on
    virtual_time,
    caller,
    sessions,
    quick_lookups,
    quick_answers,
    regions,
    # instances and their lives
    instance_shape,
    transition_times,
    volumes,
    instance_states,
    spot_requests,
    group_launches,
    auto_scaling,
    protection,
    attributes,
    not_found_after_create,
    # what RunInstances refuses and keeps
    images,
    instance_types,
    key_pairs,
    networks,
    user_data,
    cpu_options,
    interface_tags,
    spot_options,
    pass_role,
    vcpu_limits,
    placement,
    run_instances,
    client_token,
    # what the describing calls answer
    filters,
    spot_prices,
    type_listings,
    pagination,
    # objects
    object_names,
    bucket_regions,
    checksums,
    # parameters, quotas and stacks
    public_parameters,
    secure_strings,
    service_quotas,
    stack_buckets,
    stack_functions,
    stack_key_pairs,
    stack_networks,
    stack_progress,
    # alarms
    alarm_actions,
    # permissions
    policy_simulation,
    policy_texts,
)


def apply_all() -> None:
    """Once in a process: patches wrap what they find."""
    for patch in ALL:
        patch.apply()
