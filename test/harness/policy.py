"""The policy for SROS2, read by the rules of sros2's schema, policy.xsd of version 0.2.0."""

from xml.etree import ElementTree

# The allowed children and the attributes of each element.
SCHEMA = {
    'policy': (['enclaves'], {'version'}),
    'enclaves': (['enclave'], set()),
    'enclave': (['profiles'], {'path'}),
    'profiles': (['profile'], set()),
    'profile': (['topics', 'services'], {'ns', 'node'}),
    'topics': (['topic'], {'publish', 'subscribe'}),
    'services': (['service'], {'reply', 'request'}),
    'topic': ([], set()),
    'service': ([], set()),
}
OPTIONAL = {'publish', 'subscribe', 'reply', 'request'}


class Policy:
    """The permissions of each enclave."""

    def __init__(self, path):
        """Read a file; a violation of the schema is an error."""
        root = ElementTree.parse(path).getroot()
        assert root.tag == 'policy' and root.get('version') == '0.2.0'
        check(root)
        self._enclaves = {enclave.get('path'): enclave for enclave in root.iter('enclave')}
        # sros2 takes every node in <enclaves> for an enclave, comments too.
        with_comments = ElementTree.parse(path, ElementTree.XMLParser(
            target=ElementTree.TreeBuilder(insert_comments=True))).getroot()
        assert all(child.tag == 'enclave' for child in with_comments.find('enclaves'))

    def allowed(self, enclave, action, node=None):
        """
        Return the full names that an enclave, or one node of it, is allowed an action on.

        action is publish, subscribe, reply or request.
        """
        return sorted(
            full_name(name.text, profile)
            for profile in self._enclaves[enclave].iter('profile')
            if node in (None, profile.get('node'))
            for names in profile if names.get(action) == 'ALLOW'
            for name in names)


def check(element):
    """Fail if an element violates the schema."""
    children, attributes = SCHEMA[element.tag]
    assert attributes - OPTIONAL <= set(element.attrib) <= attributes, element.attrib
    assert set(element.attrib.values()) <= {'ALLOW', 'DENY'} or not OPTIONAL & set(element.attrib)
    assert bool(children) == bool(len(element)), f'<{element.tag}> has no, or needless, children'
    assert bool(children) != bool((element.text or '').strip()), f'the text of <{element.tag}>'
    for child in element:
        assert child.tag in children, f'<{child.tag}> in <{element.tag}>'
        check(child)


def full_name(name, profile):
    """Return a name as on the graph, by the rules of sros2's template."""
    namespace = profile.get('ns').rstrip('/') + '/'
    if name.startswith('/'):
        return name
    if name.startswith('~'):
        return namespace + profile.get('node') + name[1:]
    return namespace + name
