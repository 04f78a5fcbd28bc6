import Failures

/// What became of items that were done together as far as that was possible.
public struct Sifted<Value: Sendable>: Sendable {
    /// What the items that were done came to, part by part and in their order.
    public fileprivate(set) var values: [Value] = []
    /// Those that were refused for good also alone, by their places, and why.
    public fileprivate(set) var refused: [(place: Int, error: any Error)] = []
}

extension Connection {
    /// Does something for items in the open transaction, all of them but those that are refused for good: they are found
    /// by halves, under savepoints, and what is done for the others stays.
    ///
    /// It begins where all together was refused already: the first thing is to divide. For one refused among n that is
    /// two savepoints for each halving at most, and the transaction is one all the same.
    ///
    /// - Parameter body: Does it for a part of the items; is called again for parts of a part that is refused, after what
    ///   it did was undone.
    /// - Throws: What `body` throws that is not permanent; ``PostgresError``.
    public func sift<Item: Sendable, Value: Sendable>(
        _ items: [Item],
        _ body: @Sendable (ArraySlice<Item>, isolated Connection) throws -> Value
    ) throws -> Sifted<Value> {
        var sifted = Sifted<Value>()
        _ = try sift(items[...], isSuspect: true, into: &sifted, body)
        return sifted
    }

    /// - Parameter isSuspect: Whether it is known that they fail together, so that this need not be seen again.
    /// - Returns: Whether some were refused.
    private func sift<Item: Sendable, Value: Sendable>(
        _ items: ArraySlice<Item>,
        isSuspect: Bool,
        into sifted: inout Sifted<Value>,
        _ body: @Sendable (ArraySlice<Item>, isolated Connection) throws -> Value
    ) throws -> Bool {
        guard !items.isEmpty else { return false }
        if !isSuspect || items.count == 1 {
            do {
                let value = try savepoint { connection in try body(items, connection) }
                sifted.values.append(value)
                return false
            } catch  where FailureClass(of: error) == .permanent {
                if items.count == 1 {
                    sifted.refused.append((place: items.startIndex, error: error))
                    return true
                }
            }
        }
        let middle = items.startIndex + items.count / 2
        let isInFirst = try sift(items[..<middle], isSuspect: false, into: &sifted, body)
        let isInSecond = try sift(items[middle...], isSuspect: !isInFirst, into: &sifted, body)
        return isInFirst || isInSecond
    }
}
