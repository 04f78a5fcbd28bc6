/// An IP address, 4 or 16 bytes.
public struct IPAddress: Sendable, Hashable {
    /// In network order.
    public let bytes: [UInt8]

    /// Reads four decimal numbers, or the forms of IPv6; nil for anything else, also for the old short forms of IPv4.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 45 else { return nil }
        guard let bytes = text.contains(":") ? Self.longBytes(text) : Self.shortBytes(text) else { return nil }
        self.bytes = bytes
    }

    /// The IPv4 address that an IPv6 address stands for, or the address itself.
    public var embedded: IPAddress {
        let prefixes: [(prefix: [UInt8], length: Int)] = [
            ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 12),
            ([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], 12),
            ([0x20, 0x02], 2),
        ]
        guard bytes.count == 16, let known = prefixes.first(where: { bytes.starts(with: $0.prefix) }) else {
            return self
        }
        return IPAddress(bytes: Array(bytes[known.length..<known.length + 4]))
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private static func shortBytes(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let bytes = parts.compactMap { part -> UInt8? in
            guard part.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            guard part.utf8.count == 1 || !part.hasPrefix("0") else { return nil }
            return UInt8(part)
        }
        return bytes.count == 4 ? bytes : nil
    }

    private static func longBytes(_ text: some StringProtocol) -> [UInt8]? {
        let text = String(text)
        guard let gap = text.firstRange(of: "::") else {
            return groups(text).flatMap { $0.count == 16 ? $0 : nil }
        }
        let rest = text[gap.upperBound...]
        guard !rest.contains("::"), let head = groups(text[..<gap.lowerBound]), let tail = groups(rest),
            head.count + tail.count <= 14
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// The bytes of groups of up to four hexadecimal digits; the last may be an IPv4 address.
    private static func groups(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (position, part) in parts.enumerated() {
            if position == parts.count - 1, part.contains(".") {
                guard let short = shortBytes(part) else { return nil }
                bytes += short
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes
    }
}

/// Addresses that begin alike, such as `10.1.2.0/24`.
public struct NetworkRange: Sendable, Hashable {
    private let bytes: [UInt8]
    private let bits: Int

    /// Reads an address, `/` and how many bits count; a single address has all of its bits.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = IPAddress(parts[0]) else { return nil }
        let all = address.bytes.count * 8
        guard let bits = parts.count == 2 ? Int(parts[1]) : all, (0...all).contains(bits) else { return nil }
        bytes = address.bytes
        self.bits = bits
    }

    /// Whether the address is one of these.
    public func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == bytes.count else { return false }
        return (0..<bits).allSatisfy { bit in
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            return address.bytes[bit / 8] & mask == bytes[bit / 8] & mask
        }
    }
}
