import JSONCoding
import Messages

/// The fields that the enterprise added in WeCom: `{"attrs":[…]}`.
extension WeComUser {
    private static let listKeys = JSONKeys(["attrs"])
    private static let attributeKeys = JSONKeys(["name", "text", "web", "value"])
    private static let valueKeys = JSONKeys(["value", "url"])

    /// What there is of an attribute's value.
    private enum Value {
        /// No member that would hold one.
        case missing
        /// A member that holds none.
        case empty
        case text(String)
        case unreadable
    }

    /// Reads the attributes that are asked for: also the list without the object around it, and `""` for an empty one.
    mutating func readExtendedAttributes(
        from reader: inout JSONReader,
        _ selection: Selection
    ) throws(JSONError) {
        guard try reader.peek() == .object else { return try readList(from: &reader, selection) }
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.listKeys) {
            if key == JSONKeys.unknown {
                try reader.skipValue()
            } else {
                try readList(from: &reader, selection)
            }
        }
    }

    private mutating func readList(from reader: inout JSONReader, _ selection: Selection) throws(JSONError) {
        switch try reader.peek() {
        case .array:
            hasExtendedAttributes = true
            try reader.beginArray()
            while try reader.nextElement() { try readAttribute(from: &reader, selection) }
        case .null: try reader.skipValue()
        case .string:
            guard case .value("") = try reader.readLenientText() else { return noteList() }
            hasExtendedAttributes = true
        case .object:
            guard try reader.skipEmptyObject() else { return noteList() }
            hasExtendedAttributes = true
        case .number, .boolean:
            try reader.skipValue()
            noteList()
        }
    }

    private mutating func noteList() { note(Key.extattr.rawValue, .wrongType) }

    /// Reads `{"type":0,"name":"…","text":{"value":"…"}}`, its web form with `"web":{"url":"…"}`, or
    /// the older one with `"value":"…"`.
    private mutating func readAttribute(from reader: inout JSONReader, _ selection: Selection) throws(JSONError) {
        guard try reader.peek() == .object else {
            try reader.skipValue()
            return noteNameless()
        }
        var name: String?
        var (value, olderValue) = (Value.missing, Value.missing)
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.attributeKeys) {
            switch key {
            case 0:
                if case .value(let text) = try reader.readLenientText() { name = text }
            case 1, 2:
                let nested = try Self.readNestedValue(&reader)
                // `"web":null` beside a text says nothing.
                if case .text = value { continue }
                value = nested
            case 3: olderValue = Self.value(try reader.readLenientText())
            default: try reader.skipValue()
            }
        }
        guard let name else { return noteNameless() }
        guard selection.attributes.contains(name) else { return }
        keep(name, value, olderValue)
    }

    /// Nobody knows which attribute it is.
    private mutating func noteNameless() {
        hasNamelessAttribute = true
        note(Key.extattr.rawValue, .badElement)
    }

    private mutating func keep(_ name: String, _ value: Value, _ olderValue: Value) {
        var attribute = ExtendedAttribute(name: name, value: nil)
        switch (value, olderValue) {
        case (.text(let text), _), (_, .text(let text)):
            if let problem = TextLimits.problem(of: text) {
                note("\(Key.extattr.rawValue).\(name)", problem)
            } else {
                attribute.value = text
            }
        case (.unreadable, _), (_, .unreadable), (.missing, .missing):
            note("\(Key.extattr.rawValue).\(name)", .badElement)
        case (.empty, _), (_, .empty):
            attribute.value = ""
        }
        extendedAttributes.append(attribute)
    }

    private static func readNestedValue(_ reader: inout JSONReader) throws(JSONError) -> Value {
        guard try reader.peek() == .object else { return value(try reader.readLenientText()) }
        var value = Value.empty
        try reader.beginObject()
        while let key = try reader.nextKey(in: valueKeys) {
            if key == JSONKeys.unknown {
                try reader.skipValue()
            } else {
                value = Self.value(try reader.readLenientText())
            }
        }
        return value
    }

    private static func value(_ value: LenientValue<String>) -> Value {
        switch value {
        case .absent: .empty
        case .value(let text): .text(text)
        case .unreadable: .unreadable
        }
    }
}
