/// Which statements a session has prepared, by their text.
///
/// A statement is prepared when it comes the second time, so that one that is made up on the
/// spot costs nothing more.
struct PreparedStatements {
    enum Step: Equatable {
        case runAsIs
        case prepare(name: String)
        case use(name: String)
    }

    private static let limit = 256

    private var names: [String: String] = [:]
    private var seen: Set<String> = []
    private var count = 0

    /// Whether as many are prepared as a session should keep.
    var isFull: Bool { names.count >= Self.limit }

    func known(_ text: String) -> String? { names[text] }

    /// What to do with a statement that is about to run.
    mutating func step(for text: String) -> Step {
        if let name = names[text] { return .use(name: name) }
        if seen.contains(text) { return .prepare(name: "s\(count + 1)") }
        if seen.count >= 2 * Self.limit { seen.removeAll(keepingCapacity: true) }
        seen.insert(text)
        return .runAsIs
    }

    mutating func remember(_ text: String, as name: String) {
        seen.remove(text)
        names[text] = name
        count += 1
    }

    /// Runs `text` as it is when it comes again, and has it prepared under another name the time after.
    mutating func forget(_ text: String) {
        names[text] = nil
    }

    mutating func forgetAll() {
        names.removeAll(keepingCapacity: true)
    }
}
