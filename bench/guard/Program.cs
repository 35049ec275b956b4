System.Console.WriteLine("nothing yet");
