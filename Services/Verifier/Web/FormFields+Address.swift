import Web

extension FormFields {
    /// An address with these fields as its query, for a form that goes on by GET.
    ///
    /// - Parameter path: What comes before the query, with or without scheme and host.
    /// - Returns: `nil` where not every browser and server on the way takes an address that long.
    func address(at path: String) -> String? {
        let address = "\(path)?\(text)"
        return address.utf8.count <= Self.longestAddress ? address : nil
    }

    /// Bytes.
    private static let longestAddress = 4_000
}
