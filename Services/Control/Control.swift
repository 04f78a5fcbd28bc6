@main
struct ControlProgram {
    static func main() {}
}
