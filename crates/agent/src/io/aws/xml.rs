//! AWS's XML, in one pass: every element without children with its text, and the end of every other.

use quick_xml::Reader;
use quick_xml::events::Event;

/// AWS's answers are five deep at most.
const DEEPEST: usize = 32;

/// What is told of a document, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told<'a> {
    /// An element without children.
    Leaf {
        /// What it is in.
        within: &'a str,
        name: &'a str,
        text: &'a str,
    },
    /// The end of an element with children.
    End { name: &'a str },
}

/// Reads a document.
pub(crate) fn read(text: &str, mut tell: impl FnMut(Told<'_>)) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    let (mut open, mut content, mut is_leaf) = (Vec::<String>::new(), String::new(), false);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err("it is nested too deep".into());
                }
                open.push(start.local_name().as_ref().to_owned());
                (is_leaf, _) = (true, content.clear());
            }
            Event::Empty(empty) => {
                let within = open.last().map_or("", String::as_str);
                tell(Told::Leaf { within, name: empty.local_name().as_ref(), text: "" });
                is_leaf = false;
            }
            Event::Text(text) => content.push_str(&text.xml10_content()),
            Event::CData(text) => content.push_str(&text.xml10_content()),
            Event::GeneralRef(entity) => content.push(character(&entity)?),
            Event::End(_) => {
                let name = open.pop().unwrap_or_default();
                let within = open.last().map_or("", String::as_str);
                tell(if is_leaf {
                    Told::Leaf { within, name: &name, text: &content }
                } else {
                    Told::End { name: &name }
                });
                is_leaf = false;
            }
            Event::Eof if open.is_empty() => return Ok(()),
            Event::Eof => return Err("it breaks off".into()),
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => {}
        }
    }
}

/// The text of the first element of this name without children.
pub(crate) fn first(text: &str, wanted: &str) -> Option<String> {
    let mut found = None;
    let read = read(text, |told| {
        if let Told::Leaf { name, text, .. } = told
            && name == wanted
            && found.is_none()
        {
            found = Some(text.to_owned());
        }
    });
    read.ok().and(found)
}

fn character(entity: &quick_xml::events::BytesRef<'_>) -> Result<char, String> {
    if let Some(character) = entity.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(character);
    }
    match entity.as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(format!("it has an entity that is not known: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<Vec<String>, String> {
        let mut all = Vec::new();
        read(text, |told| {
            all.push(match told {
                Told::Leaf { within, name, text } => format!("{within}/{name}={text}"),
                Told::End { name } => format!("/{name}"),
            });
        })
        .map(|()| all)
    }

    #[test]
    fn leaves_and_ends_are_told_in_order() {
        let text = "<?xml version=\"1.0\"?>\n<L xmlns=\"x\"><K>a &amp; &#x62;</K><C>\n <S>1</S> <E/></C></L>";
        let expected = ["L/K=a & b", "C/S=1", "C/E=", "/C", "/L"];
        assert_eq!(told(text).expect("XML"), expected);
        assert_eq!(first(text, "S").as_deref(), Some("1"));
        assert_eq!(first(text, "Nothing"), None);
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for wrong in ["<a><b></a>", "<a>", "<a>&nothing;</a>", &"<a>".repeat(100)] {
            assert!(told(wrong).is_err(), "{wrong}");
        }
    }
}
