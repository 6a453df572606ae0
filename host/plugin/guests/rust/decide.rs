//! The small job of the benchmark: an acr by rule from the amr of the input document.

mod acrhost;
mod json;

fn decide(document: &[u8]) -> json::Result<&'static str> {
    let (mut hwk, mut pwd, mut otp) = (false, false, false);
    let mut cursor = json::Cursor::new(document);
    if cursor.member("amr")? {
        cursor.strings(|word| match word {
            "hwk" => hwk = true,
            "pwd" => pwd = true,
            "otp" => otp = true,
            _ => (),
        })?;
    }
    Ok(match (hwk, pwd, otp) {
        (true, _, _) => r#"{"outcome":"ok","acr":"2.5"}"#,
        (_, true, true) => r#"{"outcome":"ok","acr":"2.0"}"#,
        (_, true, _) => r#"{"outcome":"ok","acr":"1.5"}"#,
        _ => r#"{"outcome":"ok","acr":"0"}"#,
    })
}

#[no_mangle]
pub extern "C" fn acrhost_step_v1() -> i32 {
    match decide(&acrhost::input()) {
        Ok(output) => {
            acrhost::output(output);
            0
        }
        Err(json::Broken) => 1,
    }
}
