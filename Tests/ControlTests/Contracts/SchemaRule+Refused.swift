import MessageSchemas

extension SchemaRule {
    /// Of references, and of forms behind them.
    static let ofReferences = [
        SchemaRule(
            "a form behind a reference changes",
            ##"{"properties":{"a":{"$ref":"#/$defs/f"}},"$defs":{"f":{"type":"string"}}}"##,
            ##"{"properties":{"a":{"$ref":"#/$defs/f"}},"$defs":{"f":{"type":"integer"}}}"##,
            at: "a",
            .both,
            "it was string and is integer"
        ),
        SchemaRule(
            "a form behind a reference in a word that is not looked into changes",
            ##"{"allOf":[{"$ref":"#/$defs/f"}],"$defs":{"f":{"type":"string"}}}"##,
            ##"{"allOf":[{"$ref":"#/$defs/f"}],"$defs":{"f":{"type":"integer"}}}"##,
            at: "",
            .both,
            "its allOf is another"
        ),
        SchemaRule(
            "a form that refers to itself changes",
            ##"{"$ref":"#/$defs/n","$defs":{"n":{"properties":{"n":{"$ref":"#/$defs/n"},"a":{"type":"string"}}}}}"##,
            ##"{"$ref":"#/$defs/n","$defs":{"n":{"properties":{"n":{"$ref":"#/$defs/n"},"a":{"type":"number"}}}}}"##,
            at: "a",
            .both,
            "it was string and is number"
        ),
        SchemaRule(
            "a reference leads back to another place",
            ##"{"properties":{"a":{"properties":{"b":{"not":{"$ref":"#"}}}}}}"##,
            ##"{"properties":{"a":{"properties":{"b":{"not":{"$ref":"#/properties/a"}}}}}}"##,
            at: "a.b",
            .both,
            "its not is another"
        ),
        SchemaRule(
            "a bound comes beside a reference",
            ##"{"properties":{"a":{"$ref":"#/$defs/f"}},"$defs":{"f":{"enum":["b"]}}}"##,
            ##"{"properties":{"a":{"$ref":"#/$defs/f","maxLength":3}},"$defs":{"f":{"enum":["b"]}}}"##,
            at: "a",
            .presentReader,
            "its maxLength refuses"
        ),
        SchemaRule(
            "a form of another file",
            ##"{"properties":{"a":{"$ref":"other.json"}}}"##,
            ##"{"properties":{"a":{"$ref":"other.json"}}}"##,
            at: "a",
            .both,
            "not in its file"
        ),
        SchemaRule(
            "a form that is not there",
            ##"{"items":{"not":{"$ref":"#/$defs/f"}}}"##,
            ##"{"items":{"not":{"$ref":"#/$defs/f"}}}"##,
            at: "[]",
            .both,
            "not in its file"
        ),
    ]

    /// Of members that are named and those that are not.
    static let ofMembers = [
        SchemaRule(
            "a member is named with another type than those that are not",
            ##"{"additionalProperties":{"type":"string"}}"##,
            ##"{"additionalProperties":{"type":"string"},"properties":{"a":{"type":"integer"}}}"##,
            at: "a",
            .both,
            "it was string and is integer"
        ),
        SchemaRule(
            "a member is named no longer, with another type than those that are not",
            ##"{"additionalProperties":{"type":"string"},"properties":{"a":{"type":"integer"}}}"##,
            ##"{"additionalProperties":{"type":"string"}}"##,
            at: "a",
            .both,
            "it was integer and is string"
        ),
        SchemaRule(
            "a member is named that readers refuse",
            ##"{"additionalProperties":false}"##,
            ##"{"additionalProperties":false,"properties":{"a":{}}}"##,
            at: "a",
            .releasedReader,
            "the additionalProperties of readers may refuse"
        ),
        SchemaRule(
            "a member is named no longer, and refused",
            ##"{"additionalProperties":false,"properties":{"a":{}}}"##,
            ##"{"additionalProperties":false}"##,
            at: "a",
            .presentReader,
            "additionalProperties may refuse it"
        ),
        SchemaRule(
            "a member is named that a pattern may be of",
            ##"{"patternProperties":{"^a":{"type":"string"}}}"##,
            ##"{"patternProperties":{"^a":{"type":"string"}},"properties":{"a":{"type":"integer"}}}"##,
            at: "a",
            .releasedReader,
            "the patternProperties of readers may refuse"
        ),
        SchemaRule(
            "a member is needed that is not named",
            ##"{"type":"object"}"##,
            ##"{"type":"object","required":["a"]}"##,
            at: "a",
            .presentReader,
            "was never written"
        ),
        SchemaRule(
            "a member may not be there any more",
            ##"{"properties":{"a":{}}}"##,
            ##"{"properties":{"a":false}}"##,
            at: "a",
            .presentReader,
            "its not is new"
        ),
    ]

    /// Of types, values and alternatives.
    static let ofTypes = [
        SchemaRule(
            "a text may be null",
            ##"{"type":"string"}"##,
            ##"{"type":["string","null"]}"##,
            at: "",
            .both,
            "it was string and is null or string"
        ),
        SchemaRule(
            "one of two types becomes any",
            ##"{"type":["string","null"]}"##,
            ##"{}"##,
            at: "",
            .both,
            "it was null or string and is anything"
        ),
        SchemaRule(
            "another constant",
            ##"{"const":1}"##,
            ##"{"const":2}"##,
            at: "",
            .releasedReader,
            "the value 2 is new"
        ),
        SchemaRule(
            "a constant goes",
            ##"{"const":1}"##,
            ##"{}"##,
            at: "",
            .releasedReader,
            "any is now"
        ),
        SchemaRule(
            "any value becomes one of two alternatives",
            ##"{}"##,
            ##"{"oneOf":[{"type":"string"},{"type":"integer"}]}"##,
            at: "",
            .presentReader,
            "its oneOf is new"
        ),
        SchemaRule(
            "one of two alternatives becomes any value",
            ##"{"oneOf":[{"type":"string"},{"type":"integer"}]}"##,
            ##"{}"##,
            at: "",
            .releasedReader,
            "its oneOf is dropped"
        ),
        SchemaRule(
            "a bound beyond what a Double tells apart",
            ##"{"maximum":9007199254740992}"##,
            ##"{"maximum":9007199254740993}"##,
            at: "",
            .releasedReader,
            "its maximum lets more through"
        ),
        SchemaRule(
            "a bound of another form",
            ##"{"exclusiveMaximum":true}"##,
            ##"{"exclusiveMaximum":false}"##,
            at: "",
            .both,
            "its exclusiveMaximum is another"
        ),
    ]
}
