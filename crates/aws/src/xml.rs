//! Elements of an answer's XML, by their names alone: each is in its service's own namespace.

use roxmltree::Node;

pub(crate) fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.tag_name().name() == name
}

pub(crate) fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| is(*child, name))
}

/// Of a list, as the Query protocol writes one.
pub(crate) fn members<'a, 'input>(list: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    list.children().filter(|node| is(*node, "member"))
}

/// What a child holds, unless that is nothing.
pub(crate) fn text_of<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    child(node, name)?.text().map(str::trim).filter(|text| !text.is_empty())
}
