"""The canonical form of messages of rclpy; see program/canonical.

It goes by the types that rosidl's Python generator states, and by nothing that
the Go side says.
"""

import math
import struct

from rosidl_parser.definition import AbstractGenericString, AbstractNestedType, BasicType, NamespacedType

# Go names that are not the camel case of the field's name.
RENAMED = {
    'Keywords': {
        'clone': 'Clone_', 'clone_msg': 'CloneMsg_', 'set_defaults': 'SetDefaults_',
        'get_type_support': 'GetTypeSupport_', 'check_bounds': 'CheckBounds_', 'a1': 'A1_',
    },
}


def fields(message):
    """Return the names and types of the fields of a message or its class."""
    return list(zip(message.get_fields_and_field_types(), message.SLOT_TYPES))


def go_name(message, field):
    """Return the Go name of a field."""
    camel = ''.join(part[:1].upper() + part[1:] for part in field.split('_'))
    return RENAMED.get(type(message).__name__, {}).get(field, camel)


def canonical(message):
    """Return a value that json writes in the canonical form."""
    return {go_name(message, name): _canonical(type_, getattr(message, name)) for name, type_ in fields(message)}


def _canonical(type_, value):
    if isinstance(type_, AbstractNestedType):
        return [_canonical(type_.value_type, item) for item in value]
    if isinstance(type_, NamespacedType):
        return canonical(value)
    if isinstance(type_, AbstractGenericString):
        return value
    assert isinstance(type_, BasicType)
    if type_.typename == 'boolean':
        return bool(value)
    if type_.typename in ('float', 'double'):
        return canonical_float(float(value), 32 if type_.typename == 'float' else 64)
    return canonical_integer(value)


def canonical_integer(value):
    """Return an integer as such, also one that rclpy has as bytes."""
    return value[0] if isinstance(value, bytes) else int(value)


def canonical_float(value, bits):
    """Return the digits of a float."""
    if math.isnan(value):
        return 'nan'
    return struct.pack('>f' if bits == 32 else '>d', value).hex()
