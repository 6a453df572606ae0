//! A cursor over a JSON document that finds members and reads strings, and nothing
//! more. The host wrote the document, so it is valid; a document cut short is an error.

#![allow(dead_code)] // each guest uses its own part

use std::borrow::Cow;

/// A document that isn't what it should be.
#[derive(Debug)]
pub struct Broken;

pub type Result<T> = std::result::Result<T, Broken>;

#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub fn new(document: &'a [u8]) -> Self {
        Cursor { rest: document }
    }

    /// The next byte that isn't white space.
    fn peek(&mut self) -> Option<u8> {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
        self.rest.first().copied()
    }

    /// Steps over a byte, if it is the next one.
    pub fn take(&mut self, want: u8) -> bool {
        let found = self.peek() == Some(want);
        if found {
            self.advance(1);
        }
        found
    }

    fn expect(&mut self, want: u8) -> Result<()> {
        self.take(want).then(|| ()).ok_or(Broken)
    }

    /// Goes to the value of a member of the object at the cursor, if it has one.
    pub fn member(&mut self, name: &str) -> Result<bool> {
        self.expect(b'{')?;
        if self.take(b'}') {
            return Ok(false);
        }
        loop {
            let found = self.string()? == name;
            self.expect(b':')?;
            if found {
                return Ok(true);
            }
            self.skip()?;
            if !self.take(b',') {
                return self.expect(b'}').map(|()| false);
            }
        }
    }

    /// Hands each string of the list at the cursor to `each`.
    pub fn strings(&mut self, mut each: impl FnMut(&str)) -> Result<()> {
        self.expect(b'[')?;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            each(&self.string()?);
            if !self.take(b',') {
                return self.expect(b']');
            }
        }
    }

    /// Reads a string.
    pub fn string(&mut self) -> Result<Cow<'a, str>> {
        let text = std::str::from_utf8(self.raw()?).map_err(|_| Broken)?;
        if text.contains('\\') {
            return unescape(text).map(Cow::Owned);
        }
        Ok(Cow::Borrowed(text))
    }

    /// Reads what stands between two quotes, as it stands there.
    fn raw(&mut self) -> Result<&'a [u8]> {
        self.expect(b'"')?;
        let mut end = 0;
        loop {
            match self.rest.get(end).ok_or(Broken)? {
                b'"' => break,
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
        let text = &self.rest[..end];
        self.advance(end + 1);
        Ok(text)
    }

    /// Steps over one value, whatever is in it.
    fn skip(&mut self) -> Result<()> {
        let mut depth = 0;
        loop {
            match self.peek().ok_or(Broken)? {
                b'"' => self.raw().map(drop)?,
                b'{' | b'[' => {
                    depth += 1;
                    self.advance(1);
                }
                b'}' | b']' => {
                    depth -= 1;
                    self.advance(1);
                }
                b',' | b':' => self.advance(1),
                _ => self.scalar()?,
            }
            if depth <= 0 {
                return Ok(());
            }
        }
    }

    /// Steps over a number, true, false or null.
    fn scalar(&mut self) -> Result<()> {
        let ends = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b',' | b']' | b'}');
        self.advance(self.rest.iter().position(ends).ok_or(Broken)?);
        Ok(())
    }

    fn advance(&mut self, n: usize) {
        self.rest = &self.rest[n..];
    }
}

fn unescape(text: &str) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match rest.next().ok_or(Broken)? {
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let digits = rest.as_str().get(..4).ok_or(Broken)?;
                rest = rest.as_str()[4..].chars();
                let code = u32::from_str_radix(digits, 16).map_err(|_| Broken)?;
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER) // half of a pair
            }
            other => other,
        });
    }
    Ok(out)
}
