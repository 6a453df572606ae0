//! A canary of the isolation between two calls: package guests says what it does.

mod acrhost;
mod json;

use std::arch::wasm32::{memory_grow, memory_size};
use std::ptr::addr_of_mut;

mod wasi {
    #[link(wasm_import_module = "wasi_snapshot_preview1")]
    extern "C" {
        pub fn random_get(to: *mut u8, len: usize) -> u32;
        pub fn clock_time_get(id: u32, precision: u64, to: *mut u64) -> u32;
        pub fn fd_renumber(from: u32, to: u32) -> u32;
        pub fn fd_close(fd: u32) -> u32;
        pub fn fd_fdstat_get(fd: u32, to: *mut [u64; 3]) -> u32;
    }
}

const SIZE: usize = 16;
const MASK: u8 = 0x5a;
const PAGE: usize = 1 << 16;

type Secret = [u8; SIZE];

static mut STATIC: Secret = [0; SIZE];

fn write(secret: Secret) {
    let heap = Box::into_raw(Box::new([0; SIZE]));
    let pages = memory_grow(0, 1);
    unsafe {
        addr_of_mut!(STATIC).write_volatile(secret);
        heap.write_volatile(secret);
        if pages != usize::MAX {
            (((pages + 1) * PAGE - SIZE) as *mut Secret).write_volatile(secret);
        }
    }
    on_stack(secret);
    unsafe {
        wasi::fd_renumber(1, 2);
        wasi::fd_close(1);
        wasi::fd_close(2);
    }
}

/// Leaves the secret where later frames are unlikely to reach.
#[inline(never)]
fn on_stack(secret: Secret) {
    let mut deep = [[0; SIZE]; 256];
    unsafe { addr_of_mut!(deep[0]).write_volatile(secret) };
}

/// How often the memory holds the secret that the needle is, masked.
fn count(needle: &Secret) -> usize {
    let holds = |at: usize| {
        (0..SIZE).all(|n| unsafe { ((at + n) as *const u8).read_volatile() } ^ MASK == needle[n])
    };
    (1..=memory_size(0) * PAGE - SIZE).filter(|&at| holds(at)).count()
}

fn report(needle: &Secret) -> String {
    let mut random = [0u8; SIZE];
    let mut now = 0;
    let closed = unsafe {
        wasi::random_get(random.as_mut_ptr(), SIZE);
        wasi::clock_time_get(0, 1, &mut now);
        [1, 2].iter().filter(|&&fd| wasi::fd_fdstat_get(fd, &mut [0; 3]) != 0).count()
    };
    let random: String = random.iter().map(|b| format!("{b:02x}")).collect();
    format!(
        r#"{{"outcome":"ok","vars":{{"found":{},"random":"{random}","clock":{},"closed":{closed}}}}}"#,
        count(needle),
        now / 1_000_000,
    )
}

fn member(mut config: json::Cursor, name: &str) -> json::Result<String> {
    if config.member(name)? {
        return Ok(config.string()?.into_owned());
    }
    Err(json::Broken)
}

fn first(bytes: &[u8]) -> json::Result<Secret> {
    bytes.get(..SIZE).and_then(|b| b.try_into().ok()).ok_or(json::Broken)
}

fn decode_hex(text: &str) -> json::Result<Secret> {
    let digits = text.as_bytes().chunks(2).map(|d| std::str::from_utf8(d).unwrap_or(""));
    let bytes: Result<Vec<u8>, _> = digits.map(|d| u8::from_str_radix(d, 16)).collect();
    first(&bytes.map_err(|_| json::Broken)?)
}

fn run(document: &[u8]) -> json::Result<String> {
    let mut config = json::Cursor::new(document);
    if !config.member("config")? {
        return Err(json::Broken);
    }
    match member(config, "do")?.as_str() {
        "write" => {
            let secret = first(member(config, "secret")?.as_bytes())?;
            write(secret);
            Ok(report(&secret.map(|b| b ^ MASK)))
        }
        "look" => Ok(report(&decode_hex(&member(config, "needle")?)?)),
        _ => Err(json::Broken),
    }
}

#[no_mangle]
pub extern "C" fn acrhost_step_v1() -> i32 {
    match run(&acrhost::input()) {
        Ok(output) => {
            acrhost::output(&output);
            0
        }
        Err(json::Broken) => 1,
    }
}
