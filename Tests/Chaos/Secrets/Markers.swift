import Foundation

/// Texts that may not be somewhere, each with a word for what it is.
struct Markers: Sendable {
    /// By what it is.
    let texts: [(name: String, text: String)]

    /// What they are that are in there.
    func found(in bytes: some Sequence<UInt8>) -> [String] {
        let data = Data(bytes)
        return texts.filter { data.range(of: Data($0.text.utf8)) != nil }.map(\.name)
    }
}
