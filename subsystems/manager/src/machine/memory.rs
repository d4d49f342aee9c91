use trees::machine::Memory;

/// Reads `/proc/meminfo` (*proc_meminfo(5)*). Kernels before 3.14 have no `MemAvailable`: there, what is free.
pub(super) fn parse(text: &str) -> Option<Memory> {
    let bytes = |label: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(label))?
            .strip_prefix(':')?;
        line.trim()
            .strip_suffix("kB")?
            .trim()
            .parse::<u64>()
            .ok()?
            .checked_mul(1024)
    };
    Some(Memory {
        total: bytes("MemTotal")?,
        available: bytes("MemAvailable").or_else(|| bytes("MemFree"))?,
        swap_total: bytes("SwapTotal").unwrap_or(0),
        swap_free: bytes("SwapFree").unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_bytes() {
        let text = "MemTotal:       16384 kB\nMemFree:          100 kB\nMemAvailable:    8192 kB\n\
                    SwapCached:         9 kB\nSwapTotal:       2048 kB\nSwapFree:        1024 kB\n";
        let memory = parse(text).unwrap();
        assert_eq!((memory.total, memory.available), (16384 << 10, 8192 << 10));
        assert_eq!(
            (memory.swap_total, memory.swap_free),
            (2048 << 10, 1024 << 10)
        );
    }

    #[test]
    fn no_swap_is_no_fault_but_no_memory_is() {
        let memory = parse("MemTotal: 10 kB\nMemFree: 5 kB\n").unwrap();
        assert_eq!((memory.available, memory.swap_total), (5 << 10, 0));
        assert_eq!(parse("MemTotal: many kB\n"), None);
        assert_eq!(parse(""), None);
    }
}
