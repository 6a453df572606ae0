//! The attribute macro of the crate `acrhost-step`, which says how it is used.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::parse::Error;
use syn::{parse_macro_input, parse_quote, Attribute, Data, DeriveInput, Expr, Field, Fields, Lit, Meta, Result};

/// Makes a struct a configuration: it is read strictly, and its JSON Schema is derived.
///
/// A doc comment becomes the description of its member. A member is required, unless it
/// is an `Option` or has `#[config(default = …)]`, or `#[config(default)]` for the
/// default of its type. `min`, `max` and `pattern` do what they say: of a number, of the
/// length of a text, and of the number of elements of a list.
///
/// An enum without fields is a text: one of its variants' names in `snake_case`.
#[proc_macro_attribute]
pub fn config(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let mut item = parse_macro_input!(item as DeriveInput);
    if !arguments.is_empty() {
        let fault = "#[config] takes arguments at a member only";
        return Error::new_spanned(&item.ident, fault).to_compile_error().into();
    }
    expand(&mut item).unwrap_or_else(|fault| fault.to_compile_error()).into()
}

fn expand(item: &mut DeriveInput) -> Result<TokenStream> {
    refuse_serde(&item.attrs)?;
    if !item.generics.params.is_empty() {
        return Err(Error::new_spanned(&item.generics, "a configuration can't be generic"));
    }
    match &item.data {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => structure(item),
        Data::Enum(data) if data.variants.iter().all(|v| v.fields.is_empty()) => Ok(choice(item)),
        _ => Err(Error::new_spanned(&item.ident, "a configuration is a struct with named fields, or an enum without any")),
    }
}

/// An enum: serde says the variants' names, and the schema asks serde for them.
fn choice(item: &DeriveInput) -> TokenStream {
    let name = &item.ident;
    let variants = match &item.data {
        Data::Enum(data) => data.variants.iter().map(|v| &v.ident).collect(),
        _ => Vec::new(),
    };
    quote! {
        #[derive(::acrhost_step::serde::Serialize, ::acrhost_step::serde::Deserialize)]
        #[serde(crate = "::acrhost_step::serde", rename_all = "snake_case")]
        #item
        impl ::acrhost_step::Schema for #name {
            fn schema() -> ::acrhost_step::serde_json::Value {
                ::acrhost_step::serde_json::json!({ "type": "string", "enum": [#(#name::#variants),*] })
            }
        }
    }
}

fn structure(item: &mut DeriveInput) -> Result<TokenStream> {
    let name = item.ident.clone();
    let (mut members, mut defaults) = (Vec::new(), Vec::new());
    if let Data::Struct(data) = &mut item.data {
        for field in &mut data.fields {
            let m = Member::take(field)?;
            members.push(m.schema(&name, field));
            if let Some(value) = m.default {
                let (function, typ) = (default_function(field), &field.ty);
                let path = format!("{name}::{function}");
                field.attrs.push(parse_quote!(#[serde(default = #path)]));
                defaults.push(quote! { fn #function() -> #typ { #value } });
            }
        }
    }
    Ok(quote! {
        #[derive(::acrhost_step::serde::Serialize, ::acrhost_step::serde::Deserialize)]
        #[serde(crate = "::acrhost_step::serde", deny_unknown_fields)]
        #item
        impl #name { #(#defaults)* }
        impl ::acrhost_step::Schema for #name {
            fn schema() -> ::acrhost_step::serde_json::Value {
                ::acrhost_step::schema::object(::std::vec![#(#members),*])
            }
        }
    })
}

/// What stands at a member of a configuration.
#[derive(Default)]
struct Member {
    doc: String,
    default: Option<TokenStream>,
    bounds: Vec<TokenStream>,
}

impl Member {
    /// Reads the attributes, and takes away those that only this macro knows.
    fn take(field: &mut Field) -> Result<Member> {
        refuse_serde(&field.attrs)?;
        let mut member = Member::default();
        for attribute in &field.attrs {
            if attribute.path().is_ident("doc") {
                member.read_doc(attribute);
            }
            if attribute.path().is_ident("config") {
                member.read_config(attribute)?;
            }
        }
        field.attrs.retain(|a| !a.path().is_ident("config"));
        member.doc = member.doc.trim().to_owned();
        Ok(member)
    }

    fn read_doc(&mut self, attribute: &Attribute) {
        if let Meta::NameValue(doc) = &attribute.meta {
            if let Expr::Lit(syn::ExprLit { lit: Lit::Str(line), .. }) = &doc.value {
                self.doc.push_str(&line.value());
            }
        }
    }

    fn read_config(&mut self, attribute: &Attribute) -> Result<()> {
        attribute.parse_nested_meta(|meta| {
            let word = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            if word == "default" && !meta.input.peek(syn::Token![=]) {
                self.default = Some(quote!(::std::default::Default::default()));
                return Ok(());
            }
            match word.as_str() {
                "default" => {
                    let value: Expr = meta.value()?.parse()?;
                    self.default = Some(owned(&value));
                }
                "min" | "max" | "pattern" => {
                    let bound: Expr = meta.value()?.parse()?;
                    self.bounds.push(quote!((#word, #bound.into())));
                }
                _ => return Err(meta.error("#[config] knows default, min, max and pattern")),
            }
            Ok(())
        })
    }

    fn schema(&self, owner: &syn::Ident, field: &Field) -> TokenStream {
        let name = field.ident.as_ref().map(|i| i.unraw().to_string());
        let (typ, doc, bounds) = (&field.ty, &self.doc, &self.bounds);
        let function = default_function(field);
        let default = self.default.as_ref().map_or(quote!(::std::option::Option::None), |_| {
            quote!(::std::option::Option::Some(::acrhost_step::serde_json::json!(#owner::#function())))
        });
        quote! {
            ::acrhost_step::schema::Member {
                name: #name, doc: #doc, default: #default, bounds: ::std::vec![#(#bounds),*],
                required: !<#typ as ::acrhost_step::Schema>::OPTIONAL,
                schema: <#typ as ::acrhost_step::Schema>::schema(),
            }
        }
    }
}

/// A text in the source is a `&str`, where a configuration holds a `String`.
fn owned(value: &Expr) -> TokenStream {
    match value {
        Expr::Lit(syn::ExprLit { lit: Lit::Str(_), .. }) => quote!(::std::convert::Into::into(#value)),
        _ => quote!(#value),
    }
}

fn default_function(field: &Field) -> syn::Ident {
    let name = field.ident.as_ref().map(|i| i.unraw().to_string());
    format_ident!("default_{}", name.unwrap_or_default())
}

/// What serde is told beside this macro, the schema would not say.
fn refuse_serde(attributes: &[Attribute]) -> Result<()> {
    match attributes.iter().find(|a| a.path().is_ident("serde")) {
        Some(a) => Err(Error::new_spanned(a, "the schema can't follow serde's attributes here; use #[config(…)]")),
        None => Ok(()),
    }
}
