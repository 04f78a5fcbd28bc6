/// What a request made, and whether it had been made by the same request before.
struct Made<Value: Sendable>: Sendable {
    var value: Value
    var isRepeated: Bool

    init(_ value: Value, isRepeated: Bool = false) {
        self.value = value
        self.isRepeated = isRepeated
    }
}
