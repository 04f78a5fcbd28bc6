import Foundation

/// The cookies that a browser keeps, by host: ports share them (RFC 6265 §8.5), as copies of a service behind one name do.
struct CookieJar {
    private var cookies: [String: [String: String]] = [:]

    mutating func take(_ headers: [String], from url: String) {
        guard let host = Self.host(of: url) else { return }
        for header in headers {
            let pair = header.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            guard let name = pair.first else { continue }
            cookies[host, default: [:]][String(name)] = pair.count == 2 ? String(pair[1]) : ""
        }
    }

    func headers(for url: String) -> [String: String] {
        guard let host = Self.host(of: url), let known = cookies[host], !known.isEmpty else { return [:] }
        return ["Cookie": known.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")]
    }

    private static func host(of url: String) -> String? {
        URLComponents(string: url)?.host
    }
}
