import Testing

/// A callback whose every part is known (wecom.md §7).
struct CallbackVector: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let token: String
    let key: String
    let timestamp: String
    let nonce: String
    let signature: String
    let encrypted: String
    let random: String
    let message: String
    let receiver: String

    static let all = [
        CallbackVector(
            testDescription: "the official URL check",
            token: "QDG6eK",
            key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
            timestamp: "1409659589",
            nonce: "263014780",
            signature: "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
            encrypted: "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
            random: "c41b64491c2468d0",
            message: "1616140317555161061",
            receiver: "wx5823bf96d3bd56c7"
        ),
        CallbackVector(
            testDescription: "the official message, padded by 30",
            token: "QDG6eK",
            key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
            timestamp: "1409659813",
            nonce: "1372623149",
            signature: "477715d11cdb4164915debcba66cb864d751f3e6",
            encrypted: "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3Qczc"
                + "dCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLj"
                + "vd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMn"
                + "vw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k"
                + "22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2Yoy"
                + "yH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==",
            random: "0960688932c47ef1",
            message: "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n<FromUserName><![CDATA[mycr"
                + "eate]]></FromUserName>\n<CreateTime>1409659813</CreateTime>\n<MsgType><![CDATA[text]]></Ms"
                + "gType>\n<Content><![CDATA[hello]]></Content>\n<MsgId>4561255354251345929</MsgId>\n<AgentID>"
                + "218</AgentID>\n</xml>",
            receiver: "wx5823bf96d3bd56c7"
        ),
        CallbackVector(
            testDescription: "a URL check of a Go client",
            token: "kjr2TKI8umCBfVF3wAHk8JiPwma5VBme",
            key: "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws",
            timestamp: "1583940690",
            nonce: "VHh7ymSeb0jc4lSb",
            signature: "1ba3cb09c0d2c2b3ed6900d37f91a6efae6cb011",
            encrypted: "6KmUQuPVu7UhjyVqRdbo5SfcRqaHvbUlKSHFvBV2ZuR6TIlKsygcfeSd1GDplg1C5KSKr6UPHCaC/nIX3ZNt9w==",
            random: "5QMsYcwjR95t2vmC",
            message: "94966531020182955848408",
            receiver: "ww6a112864f8022910"
        ),
        CallbackVector(
            testDescription: "a URL check of a Python client",
            token: "123456",
            key: "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
            timestamp: "1411443780",
            nonce: "437374425",
            signature: "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96",
            encrypted: "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==",
            random: "2304fc2fe146f1f8",
            message: "5927782489442352469",
            receiver: "wx49f0ab532d5d035a"
        ),
        CallbackVector(
            testDescription: "a suite ticket",
            token: "QDG6eK",
            key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
            timestamp: "1403610513",
            nonce: "380320359",
            signature: "510dd46555a73dab04f40f4db7fef59477c3bdb2",
            encrypted: "sKqRbbiSUnDhFHOvPjtUMaaogxpwTBv7Wl+jZyBBqkErFQ+KUsAHG3RDddmrDiHnVnjQ/TW1JhlLzTFWf5WBN7b3"
                + "kZqFYF4sscpQOEHmqtKXha12wal828yxiCZ7ODYnYuxM/rq09lHrTgqE+Uj9+JI6JUIMfrFqupIS/Bbk5TADN+7K"
                + "cRYhRo8dDxnY1j3m/xN5uS2MinNcfIze3nerji068eXP2QE5DgnMlsO4kH67spHc/Y5OlPtklGUuZ/BD7tIPWLzg"
                + "FYYrFlVjGM+BrORI12XJKh0uk8Kq9mw2vnVtnFW5eNJTqLNni6br1es/Kwzwtpz8MT1AMFOnQomuDQ==",
            random: "0123456789abcdef",
            message: "<xml><SuiteId><![CDATA[ww4asffe99e54c0f4c]]></SuiteId><InfoType><![CDATA[suite_ticket]]>"
                + "</InfoType><TimeStamp>1403610513</TimeStamp><SuiteTicket><![CDATA[asdfasfdasdfasdf]]></S"
                + "uiteTicket></xml>",
            receiver: "ww4asffe99e54c0f4c"
        ),
        CallbackVector(
            testDescription: "an authorization of a template",
            token: "QDG6eK",
            key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
            timestamp: "1403610513",
            nonce: "380320359",
            signature: "5ee84d1637ee7b2a9d9b34bc1f37101c343ca6c0",
            encrypted: "sKqRbbiSUnDhFHOvPjtUMYm2HRlIzo/q7hNeB71ThndFhk1sJsIm1RExwgT8TRH1l9rZtZrZkPN4ca9GaYtF0lb9"
                + "OHXoZ22t2Ij1+zMoHVwYbox2Pyh+8Ds7VDu3p5g0GOOlKFgCZiPkUG5Kl9dIJChJ3vgT6JR+oa6StTpIWc81kBHq"
                + "7vA6e+JwoA2EyXvnSMWrlrEk8GotGs7hs27iqXglDVtc4aaNj3MSk2/oVK2mdR1V/vI/UWjP1fzb9LCn7L81Y9TR"
                + "4aoSQL7Aw2gGlsfQh6ioxi+s43818Qqf9OaNICcGyAisNHsK9c0InpnM0kBA22h57aYYTpVYFaKNghHajMaplRsy"
                + "J/u96jINu6VtfYvHLChOEVMWdznbj+Fa",
            random: "0123456789abcdef",
            message: "<xml><SuiteId><![CDATA[dk4asffe9xxx4c0f4c]]></SuiteId><AuthCode><![CDATA[AUTHCODE]]></Au"
                + "thCode><InfoType><![CDATA[create_auth]]></InfoType><TimeStamp>1403610513</TimeStamp><Sta"
                + "te><![CDATA[123]]></State><ExtraInfo></ExtraInfo></xml>",
            receiver: "dk4asffe9xxx4c0f4c"
        ),
        CallbackVector(
            testDescription: "a URL check with fixed random",
            token: "QDG6eK",
            key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
            timestamp: "1409659589",
            nonce: "263014780",
            signature: "78c387407a9d2cf24bd3f04727d28ac889d8d014",
            encrypted: "sKqRbbiSUnDhFHOvPjtUMWzf2R8PrpMiTTPaicBgqZlYW/WsF6SiFd2z9CriX2YpWYzF1yrNNQ0SomM3ovdnfA==",
            random: "0123456789abcdef",
            message: "1616140317555161061",
            receiver: "wx5823bf96d3bd56c7"
        ),
    ]
}
