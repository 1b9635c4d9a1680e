//! Host names as monitoring systems write them.

/// The host of a scrape address: `ms01:9100` is `ms01`, `[2001:db8::1]:9100` is `2001:db8::1`. An IPv6 address
/// without brackets and a URL have several colons and stay whole.
pub(in crate::sources) fn host_of(address: &str) -> &str {
    if let Some((inside, after)) = address.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let is_port = after.is_empty() || after.strip_prefix(':').is_some_and(is_port);
        if is_port && !inside.is_empty() {
            return inside;
        }
    }
    match address.split_once(':') {
        Some((host, port)) if !host.is_empty() && is_port(port) => host,
        _ => address,
    }
}

/// A TCP port has at most five digits.
fn is_port(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn a_port_is_taken_off_and_an_ipv6_address_stays_whole() {
        for (address, host) in [
            ("ms01:9100", "ms01"),
            ("ms01.example.net:9100", "ms01.example.net"),
            ("ms01", "ms01"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:9100", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:http", "[2001:db8::1]:http"),
            ("https://webmail.example.net:443/", "https://webmail.example.net:443/"),
            ("ms01:", "ms01:"),
            (":9100", ":9100"),
            ("ms01:123456", "ms01:123456"),
            ("", ""),
        ] {
            assert_eq!(host_of(address), host, "{address}");
        }
    }
}
