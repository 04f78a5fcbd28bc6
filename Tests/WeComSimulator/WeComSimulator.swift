@main
struct WeComSimulatorProgram {
    static func main() {}
}
