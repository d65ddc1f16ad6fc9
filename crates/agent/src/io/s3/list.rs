//! Listing: page by page, so that memory does not grow with the bucket.

use std::ops::ControlFlow;
use std::time::Duration;

use jiff::Timestamp;

use super::{Bucket, Request};
use crate::io::aws::{self, Fault, Kind, xml};
use crate::io::http::Deadline;

/// A page has a thousand keys of a kilobyte at most, each byte of them three when encoded.
const LONGEST_PAGE: usize = 8 * 1024 * 1024;
/// More than this is not listed into memory.
const MOST: usize = 200_000;

/// An object in a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// Its name in the bucket.
    pub key: String,
    /// In bytes.
    pub size: u64,
    /// With its quotes, as S3 writes it.
    pub etag: String,
    /// When it was written.
    pub modified: Option<Timestamp>,
}

/// Some objects and, where a delimiter was given, what is short of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) objects: Vec<Object>,
    /// What the keys that go on behind a delimiter begin with, the delimiter included.
    pub(crate) folders: Vec<String>,
    /// What to go on from.
    pub(crate) next: Option<String>,
}

impl Bucket {
    /// All objects whose keys begin with `prefix`, in the order of their keys.
    ///
    /// # Errors
    /// [`Kind::TooLarge`] for more than 200,000: use [`Bucket::list_each`].
    pub fn list(&self, prefix: &str, deadline: &Deadline) -> Result<Vec<Object>, Fault> {
        let mut all = Vec::new();
        self.list_each(prefix, deadline, |object| {
            all.push(object);
            if all.len() > MOST { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if all.len() > MOST {
            let what = self.sentence("list", Some(prefix));
            return Err(Fault::new(Kind::TooLarge, &what, format!("there are more than {MOST} objects")));
        }
        Ok(all)
    }

    /// Shows every object whose key begins with `prefix`, until told to stop.
    pub fn list_each(
        &self,
        prefix: &str,
        deadline: &Deadline,
        mut each: impl FnMut(Object) -> ControlFlow<()>,
    ) -> Result<(), Fault> {
        let mut next: Option<String> = None;
        loop {
            let page = self.page(prefix, None, next.as_deref(), deadline)?;
            for object in page.objects {
                if each(object).is_break() {
                    return Ok(());
                }
            }
            if page.next.is_none() {
                return Ok(());
            }
            // A page that leads to itself would be listed for ever.
            if page.next == next {
                let what = self.sentence("list", Some(prefix));
                return Err(Fault::new(Kind::Garbled, &what, "the listing goes round in a circle"));
            }
            next = page.next;
        }
    }

    /// A thousand objects at most, from where the last page ended.
    pub(crate) fn page(
        &self,
        prefix: &str,
        delimiter: Option<&str>,
        from: Option<&str>,
        deadline: &Deadline,
    ) -> Result<Page, Fault> {
        let mut query = vec![("list-type", "2"), ("encoding-type", "url"), ("prefix", prefix)];
        query.extend(delimiter.map(|delimiter| ("delimiter", delimiter)));
        query.extend(from.map(|from| ("continuation-token", from)));
        let request = Request {
            query: &query,
            expects: LONGEST_PAGE as u64,
            idle: Duration::from_secs(30),
            ..Request::new("GET", None, "list", "s3:ListBucket")
        };
        self.simple(&request, deadline, |call, mut answer| {
            let text = aws::text(call, &mut answer, LONGEST_PAGE)?;
            read(&text).map_err(|why| {
                Fault::new(Kind::Garbled, call.what, format!("the listing makes no sense: {why}"))
            })
        })
    }
}

fn read(text: &str) -> Result<Page, String> {
    let (mut page, mut object) = (Page::default(), Object::default());
    let (mut is_encoded, mut is_listing, mut fault) = (false, false, None);
    xml::read(text, |told| match told {
        xml::Told::Leaf { within: "Contents", name, text } => match name {
            "Key" => text.clone_into(&mut object.key),
            "ETag" => text.clone_into(&mut object.etag),
            "LastModified" => object.modified = text.parse().ok(),
            "Size" => match text.parse() {
                Ok(size) => object.size = size,
                Err(_) => fault = Some(format!("size {text:?}")),
            },
            _ => {}
        },
        xml::Told::Leaf { within: "CommonPrefixes", name: "Prefix", text } => {
            page.folders.push(text.to_owned())
        }
        xml::Told::Leaf { within: "ListBucketResult", name, text } => match name {
            "EncodingType" => is_encoded = text == "url",
            "NextContinuationToken" => page.next = Some(text.to_owned()),
            _ => {}
        },
        xml::Told::End { name: "Contents" } => page.objects.push(std::mem::take(&mut object)),
        xml::Told::End { name } => is_listing |= name == "ListBucketResult",
        xml::Told::Leaf { .. } => {}
    })?;
    if let Some(fault) = fault {
        return Err(fault);
    }
    if !is_listing {
        return Err("it is none".into());
    }
    // The encoding is announced after the keys, or before them.
    if is_encoded {
        for object in &mut page.objects {
            object.key = decode(&object.key)?;
        }
        for folder in &mut page.folders {
            *folder = decode(folder)?;
        }
    }
    Ok(page)
}

/// As forms are encoded: S3 writes a space as `+`.
fn decode(text: &str) -> Result<String, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || bytes.next().and_then(|byte| char::from(byte).to_digit(16));
                let (high, low) = (digit(), digit());
                let value = high.zip(low).map(|(high, low)| high * 16 + low);
                value.and_then(|value| u8::try_from(value).ok()).ok_or_else(|| format!("key {text:?}"))?
            }
            byte => byte,
        });
    }
    String::from_utf8(out).map_err(|_| format!("key {text:?}"))
}

#[cfg(test)]
mod tests;
