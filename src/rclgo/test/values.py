"""Messages to send: empty, extreme and random ones."""

import importlib
import struct

from rosidl_parser.definition import (
    AbstractGenericString, AbstractNestedType, AbstractSequence, AbstractWString, Array, BasicType,
    BoundedSequence, NamespacedType)

from canonical import fields

# The ways to fill a message.
WAYS = ['defaults', 'empty', 'least', 'most', 'special'] + [f'random {seed}' for seed in range(8)]

TEXTS = [
    '', ' ', 'plain', 'quotes " \' ` and \\ backslashes', 'lines\r\nand\ttabs', '%s %n {}', '<&>',
    'grüße', '日本語', 'e\u0301 combined', '\u2028\ufeff\ufffd\uffff', '😀', '𝔸😀𐍈', 'a\u202eb', '\x01\x7f',
]

FLOATS = [0.0, -0.0, 1.0, -1.5, float('inf'), float('-inf'), float('nan')]
FLOATS_OF = {
    'float': FLOATS + [struct.unpack('>f', bytes.fromhex(h))[0] for h in ('7f7fffff', 'ff7fffff', '00000001', '3dcccccd')],
    'double': FLOATS + [struct.unpack('>d', bytes.fromhex(h))[0]
                        for h in ('7fefffffffffffff', 'ffefffffffffffff', '0000000000000001', '3fb999999999999a')],
}


def class_of(type_):
    """Return the class of a nested message."""
    return getattr(importlib.import_module('.'.join(type_.namespaces)), type_.name)


def fill(message, way, rng):
    """Give all fields of a message values, and return it."""
    if way == 'defaults':
        return message
    for name, type_ in fields(message):
        setattr(message, name, _value(type_, way, rng))
    return message


def _value(type_, way, rng):
    if isinstance(type_, Array):
        return [_value(type_.value_type, way, rng) for _ in range(type_.size)]
    if isinstance(type_, AbstractSequence):
        return [_value(type_.value_type, way, rng) for _ in range(_length(type_, way, rng))]
    assert not isinstance(type_, AbstractNestedType)
    if isinstance(type_, NamespacedType):
        return fill(class_of(type_)(), way, rng)
    if isinstance(type_, AbstractGenericString):
        return _text(type_, way, rng)
    assert isinstance(type_, BasicType)
    if type_.typename == 'boolean':
        return {'empty': False, 'least': False, 'most': True}.get(way, rng.random() < 0.5)
    if type_.typename in FLOATS_OF:
        return _float(type_.typename, way, rng)
    return _integer(type_.typename, way, rng)


def _length(type_, way, rng):
    most = type_.maximum_size if isinstance(type_, BoundedSequence) else 9
    if way == 'most' and isinstance(type_.value_type, BasicType) and not isinstance(type_, BoundedSequence):
        most = 1009  # plain numbers are cheap
    return {'empty': 0, 'least': 1, 'most': most}.get(way, rng.randint(0, most))


def _integer(typename, way, rng):
    if typename == 'octet':
        return bytes([_integer('uint8', way, rng)])
    bits = int(typename.lstrip('uint'))
    low, high = (0, 2**bits - 1) if typename.startswith('u') else (-2**(bits - 1), 2**(bits - 1) - 1)
    special = rng.choice([low, low + 1, 0, 1, high - 1, high])
    return {'empty': 0, 'least': low, 'most': high, 'special': special}.get(way, rng.randint(low, high))


def _float(typename, way, rng):
    values = FLOATS_OF[typename]
    if way == 'empty':
        return 0.0
    if way in ('least', 'most'):
        return float('-inf') if way == 'least' else float('inf')
    if way == 'special':
        return rng.choice(values)
    number = rng.uniform(-1, 1) * 10.0 ** rng.randint(-30, 30)
    return struct.unpack('f', struct.pack('f', number))[0] if typename == 'float' else number


def _text(type_, way, rng):
    bound = type_.maximum_size if type_.has_maximum_size() else None
    encoding, unit = ('utf-16-le', 2) if isinstance(type_, AbstractWString) else ('utf-8', 1)
    if way == 'empty':
        return ''
    if way == 'most':
        return 'x' * (bound or 5003)
    if way == 'least':
        return 'x'
    text = rng.choice(TEXTS) if way == 'special' else ''.join(rng.choice(TEXTS) for _ in range(rng.randint(0, 5)))
    while bound is not None and len(text.encode(encoding)) > bound * unit:
        text = text[:-1]
    return text
