//! crates/wasm → ES module glue and an optimised module.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

/// One module: the crate built with some of its features.
struct Variant {
    /// What the outputs are called: `<name>.js`, `<name>_bg.wasm`.
    name: &'static str,
    features: &'static [&'static str],
    /// Where they go.
    out_dir: &'static str,
    /// The profile it is compiled with, and how wasm-opt goes on.
    profile: (&'static str, &'static str),
    /// Whether the glue is for Node, which loads the module at once, or for browsers.
    nodejs: bool,
}

const SMALL: (&str, &str) = ("wasm", "-Os");
const FAST: (&str, &str) = ("wasm-fast", "-O3");

const VARIANTS: [Variant; 4] = [
    // What the page's worker starts with: everything but what only some files need.
    Variant {
        name: "first",
        profile: SMALL,
        features: &["capture"],
        out_dir: "npm/inspector/wasm",
        nodejs: false,
    },
    // All of it; the page loads it with the first file that needs it.
    Variant {
        name: "engine",
        profile: FAST,
        features: &["capture", "full"],
        out_dir: "npm/inspector/wasm",
        nodejs: false,
    },
    // Only what it takes to decode frames, for `@framewright/inspector/codec`.
    Variant {
        name: "codec",
        profile: SMALL,
        features: &[],
        out_dir: "npm/inspector/wasm",
        nodejs: false,
    },
    // What ws runs on in Node where the addon can't be loaded.
    Variant {
        name: "backend",
        profile: SMALL,
        features: &["backend"],
        out_dir: "npm/wasm/wasm",
        nodejs: true,
    },
];

/// Builds every variant, or the one named, where it is older than its sources.
pub(crate) fn build(only: Option<&str>) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no workspace root")?;
    for variant in VARIANTS.iter().filter(|variant| only.is_none_or(|name| name == variant.name)) {
        let out_dir = root.join(variant.out_dir);
        fs::create_dir_all(&out_dir)?;
        let module = compile(root, variant)?;
        let output = out_dir.join(format!("{}_bg.wasm", variant.name));
        if modified(&output) > modified(&module) {
            println!("{}: up to date", output.display());
            continue;
        }
        let bound = bind(&module, variant)?;
        let glue = format!("{}.js", variant.name);
        fs::copy(bound.with_file_name(&glue), out_dir.join(&glue))?;
        let optimised = bound.with_extension("optimised.wasm");
        optimise(root, &bound, &optimised, variant.profile.1)?;
        if !variant.nodejs {
            compress(&optimised, &output.with_extension("wasm.gz"))?;
        }
        // Last, since its time says that all is done.
        fs::copy(&optimised, &output)?;
        println!("{}: {} bytes", output.display(), fs::metadata(&output)?.len());
    }
    Ok(())
}

/// Runs cargo, which knows itself what is up to date, and returns where the module is.
fn compile(root: &Path, variant: &Variant) -> Result<PathBuf> {
    // A target directory for each: flags and features of one build must not throw away another's work.
    let target_dir = env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), PathBuf::from)
        .join("wasm")
        .join(variant.name);
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let status = Command::new(cargo)
        .current_dir(root)
        .args([
            "build",
            "-p",
            "framewright-wasm",
            "--target",
            TARGET,
            "--profile",
            variant.profile.0,
        ])
        .args(["--no-default-features", "--features", &variant.features.join(",")])
        .arg("--target-dir")
        .arg(&target_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(root).join("\u{1f}"))
        .status()
        .context("can't run cargo")?;
    ensure!(
        status.success(),
        "the build for {TARGET} failed; if the target is missing: rustup target add {TARGET}"
    );
    Ok(target_dir.join(TARGET).join(variant.profile.0).join("framewright_wasm.wasm"))
}

/// The compiler's flags.
fn flags(root: &Path) -> Vec<String> {
    // Every browser with WebAssembly that we support has had these 128-bit vectors since 2023.
    let mut flags = vec!["-Ctarget-feature=+simd128".to_owned()];
    // Panics name source files. The folders of whoever built it only take space.
    let cargo_home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")));
    let registry = cargo_home.map(|home| home.join("registry").join("src"));
    for folder in [Some(root.to_owned()), registry].into_iter().flatten() {
        flags.push(format!("--remap-path-prefix={}=", folder.display()));
    }
    flags
}

/// Generates the JavaScript glue beside a module that matches it, and returns that module's path.
fn bind(module: &Path, variant: &Variant) -> Result<PathBuf> {
    let dir = module.with_file_name("bound");
    let mut bindgen = Bindgen::new();
    if variant.nodejs {
        bindgen.nodejs(true)?;
    } else {
        bindgen.web(true)?.omit_default_module_path(true);
    }
    bindgen
        .input_path(module)
        .typescript(false)
        .out_name(variant.name)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&dir)?;
    Ok(dir.join(format!("{}_bg.wasm", variant.name)))
}

/// Shrinks the module with npm's `binaryen`; without it the module works, only larger.
fn optimise(root: &Path, bound: &Path, output: &Path, level: &str) -> Result<()> {
    let tool = ["npm/inspector/node_modules", "node_modules"]
        .map(|dir| root.join(dir).join("binaryen/bin/wasm-opt"))
        .into_iter()
        .find(|path| path.exists());
    let Some(tool) = tool else {
        println!("no wasm-opt (npm install brings it): {} stays larger", output.display());
        fs::copy(bound, output)?;
        return Ok(());
    };
    let status = Command::new("node")
        .arg(tool)
        .args([level, "--strip-debug", "-o"])
        .args([output, bound])
        .status()
        .context("can't run node for wasm-opt")?;
    ensure!(status.success(), "wasm-opt failed on {}", bound.display());
    Ok(())
}

/// What a page carries within its script. Zopfli takes seconds and saves every visitor some four percent.
fn compress(module: &Path, output: &Path) -> Result<()> {
    let bytes = fs::read(module)?;
    zopfli::compress(
        zopfli::Options::default(),
        zopfli::Format::Gzip,
        bytes.as_slice(),
        fs::File::create(output)?,
    )?;
    Ok(())
}

/// When the file was last written; the beginning of time where it doesn't exist.
fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}
