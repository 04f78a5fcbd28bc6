import JSONCoding
import Messages

/// Fields by themselves: what stands there is taken if its meaning is plain, and noted otherwise.
extension WeComObject {
    /// A text that the directory can keep; `nil` keeps what it has.
    mutating func text(_ key: Key, from reader: inout JSONReader) throws(JSONError) -> String? {
        switch try reader.readLenientText() {
        case .absent: return nil
        case .value(let text):
            guard let problem = TextLimits.problem(of: text) else { return text }
            note(key.rawValue, problem)
            return nil
        case .unreadable:
            note(key.rawValue, .wrongType)
            return nil
        }
    }

    /// A whole number.
    mutating func number(_ key: Key, from reader: inout JSONReader) throws(JSONError) -> Int64? {
        taken(try reader.readLenientInt64(), key)
    }

    /// 1 or 0, or a number that is neither.
    mutating func flag(_ key: Key, from reader: inout JSONReader) throws(JSONError) -> Int64? {
        taken(try reader.readLenientFlag(), key)
    }

    private mutating func taken(_ value: LenientValue<Int64>, _ key: Key) -> Int64? {
        switch value {
        case .absent: return nil
        case .value(let number): return number
        case .unreadable:
            note(key.rawValue, .wrongType)
            return nil
        }
    }

    /// Notes what is the matter with a list, and says whether it is there.
    mutating func isTaken(_ list: ListReading, _ key: Key) -> Bool {
        switch list {
        case .absent: return false
        case .whole: return true
        case .partly, .nothing:
            note(key.rawValue, .badElement)
            return list == .partly
        case .unreadable:
            note(key.rawValue, .wrongType)
            return false
        }
    }
}
