import Messages

/// Draws the witnesses of a run from those whom its lists showed, by lot.
///
/// Each run draws others, so that one whom WeCom shows in lists and not by themselves voids no more than one run's
/// word. A log that is read again draws the same.
struct WitnessDraw {
    private let epoch: Epoch
    /// The lowest lots so far, the lowest first.
    private var drawn: [(lot: UInt64, name: String)] = []

    init(of epoch: Epoch) { self.epoch = epoch }

    /// Whom the lots have fallen on.
    var names: [String] { drawn.map(\.name) }

    /// Whether the lot falls on one, by the digest of the key, of those who came so far: of hardly anybody more than
    /// that is looked at.
    func takes(_ key: ContentDigest) -> Bool {
        guard drawn.count >= CompletionWriting.witnesses, let last = drawn.last else { return true }
        return lot(of: key) < last.lot
    }

    mutating func take(_ key: ContentDigest, _ name: String) {
        let lot = lot(of: key)
        drawn.insert((lot, name), at: drawn.firstIndex { lot < $0.lot } ?? drawn.count)
        if drawn.count > CompletionWriting.witnesses { drawn.removeLast() }
    }

    private func lot(of key: ContentDigest) -> UInt64 {
        ContentDigest(of: key, ContentDigest(high: 0, low: UInt64(bitPattern: epoch.rawValue))).low
    }
}
